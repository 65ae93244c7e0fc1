# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# armed.sh: a guest that 'dumpflt arm' arms, and the dump that it leaves.
#
# Copyright (C) 2026 the dumpflt authors
#
# Needs host.sh, and _host_begin.

# shellcheck source=vmcore.sh
. "$SELFTESTS/lib/vmcore.sh"

# _armed_image <file> [mkinitramfs option]...: with the files of an installation where the
# packages put them
_armed_image() {
	local image=$1 lib=/usr/lib/dumpflt build=$TOP/userspace/build
	shift

	strip -o "$WORK/capture-init" "$build/capture-init"
	strip -o "$WORK/initramfs-tool" "$build/initramfs/dumpflt"
	_image production "$image" -a "$WORK/capture-init:$lib/capture-init" \
		-a "$WORK/initramfs-tool:$lib/initramfs/dumpflt" -a "$KERNEL:/boot/vmlinuz-$RELEASE" \
		-b gzip -b '?zstd' -a "$KDIR/.config:/boot/config-$RELEASE" "$@"
}

# A sealed area in $WORK/area.img, and the key to it
_armed_area() {
	age-keygen -o "$WORK/key.txt" 2>/dev/null
	recipient=$(age-keygen -y "$WORK/key.txt")
	truncate -s 512M "$WORK/area.img"
	"$TOP/userspace/dumpflt" format --slots 2 --recipient "$recipient" "$WORK/area.img" >/dev/null
	id=$("$TOP/userspace/dumpflt" show --json "$WORK/area.img" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')
}

# The configuration for it, in $WORK/overlay.img, and a MARKER of this crash. Of the guests' own
# words only no_timer_check is told to the capture kernel: see qemu/init.
# _armed_overlay <line of [kernel], or nothing>
_armed_overlay() {
	MARKER=$(head -c 1000 /dev/urandom | tr -dc A-Za-z0-9 | cut -c 1-32)
	export MARKER
	printf '[area]\nid = %s\n[kernel]\nappend = no_timer_check\n%s\n' "$id" "$1" >"$WORK/dumpflt.conf"
	printf '# an operator\n%s\n' "$recipient" >"$WORK/operator.pub"
	printf "MARKER='%s'\nID='%s'\n" "$MARKER" "$id" >"$WORK/arm.env"
	_overlay "$WORK/overlay.img" -a "$WORK/dumpflt.conf:/etc/dumpflt/dumpflt.conf" \
		-a "$WORK/operator.pub:/etc/dumpflt/recipients.d/operator.pub" \
		-a "$WORK/arm.env:/etc/dumpflt-arm.env"
}

_armed_authentic() {
	"$TOP/userspace/dumpflt" verify --identity "$WORK/key.txt" "$WORK/area.img" | grep -q authentic
}

# Collected, the program age opens it, and the log in it is that of this crash
_armed_opened() {
	mkdir "$WORK/store"
	"$TOP/userspace/dumpflt" collect "$WORK/area.img" "$WORK/store" >/dev/null 2>&1 &&
		age -d -i "$WORK/key.txt" "$WORK"/store/*.age >"$WORK/plain" &&
		makedumpfile -R "$WORK/vmcore" <"$WORK/plain" >/dev/null 2>&1 &&
		_vmcore_log "$WORK/vmcore" "$WORK/log.txt" >/dev/null
}
