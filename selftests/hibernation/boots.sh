# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# boots.sh: guests that hibernate, and guests that resume.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/place.sh
. "$SELFTESTS/lib/place.sh"

# Bytes of an area
DISK=$((200 * 1024 * 1024))
# What the kernel that resumes calls, in order: the stack is tried out before /dev/snapshot is opened.
# The filter digest has nothing to do in a start or a finish
# shellcheck disable=SC2034 # for the groups
read_back=('unload digest' 'unload age' 'start age' read 'read digest' 'read age' 'finish age' finish 'unload digest' 'unload age')
# What else the vm is to be told of a disk
declare -A disk_more=()

# Of this machine and another one; the options that an area is formatted with
make_keys() {
	local key

	for key in key other; do
		age-keygen -o "$WORK/$key.txt" 2>/dev/null
	done
	head -c 32 /dev/urandom >"$WORK/machine.key"
	head -c 32 /dev/urandom >"$WORK/stranger.key"
	chmod 600 "$WORK/machine.key" "$WORK/stranger.key"
	# shellcheck disable=SC2034 # for the groups
	sealed=(--filter 'age,origin=test:machine' --filter digest --recipient "$(age-keygen -y "$WORK/key.txt")")
}

dumpflt() {
	"$TOP/userspace/dumpflt" "$@"
}

# seconds=<limit> boot <how> <last line> <overlay> [vm option]...: always with as many disks, which
# the firmware tells of in memory that the kernel compares
boot() {
	local how=$1 last=$2 overlay=$3 status=0 disk disks=()
	shift 3

	for disk in area one two three; do
		[ -e "$WORK/$disk.img" ] || truncate -s 1M "$WORK/$disk.img"
		disks+=(-d "file=$WORK/$disk.img,serial=$disk${disk_more[$disk]:-}")
	done
	_vm hibernation "${seconds:-300}" -q -e "$last" -i "$WORK/guest.img" -i "$overlay" \
		-a "dumpflt-guest.how=$how tp_printk no_console_suspend" "${disks[@]}" -o "$WORK/$how" "$@" || status=1
	[ -z "${HIBERNATION_VERBOSE:-}" ] || {
		grep -aE 'dumpflt|PM: ' "$WORK/$how/console" | grep -av 'Command line' | tail -n 60
		cat "$WORK/$how/verdict"
	} | sed "s/^/# $how: /"
	return "$status"
}

# writes <mode> [vm option]...: it goes down, and never comes back in that boot
writes() {
	boot write 'HIBERNATING 1' "$WORK/overlay.img" -a "dumpflt-guest.mode=$1" "${@:2}"
}

# line <how> <line>: all of it, in that guest's verdict
line() {
	grep -qx -- "$2" "$WORK/$1/verdict"
}

# went_on <how> <word>: with its memory, without a stack, without a complaint
went_on() {
	line "$1" "$2 REMEMBERED" && line "$1" "$2 UNLOADED" && ! grep -q '^dmesg: ' "$WORK/$1/verdict"
}

# resumes [last line [how]]: in the second boot the first one goes on
resumes() {
	boot "${2:-resume}" "${1:-DONE}" "$WORK/key-overlay.img" "${@:3}" &&
		line "${2:-resume}" 'BACK 0' && went_on "${2:-resume}" BACK
}

# stays <exit code>: nothing is resumed
stays() {
	boot resume DONE "$WORK/key-overlay.img" && line resume "STAYED $1"
}

# area <file> [option of format]...: a new one
area() {
	rm -f "$WORK/$1"
	truncate -s "$DISK" "$WORK/$1"
	dumpflt format --hibernation "${@:2}" "$WORK/$1" >/dev/null 2>&1
}

# calls <how>: what was called, in order, and what was said of power, which a reboot says twice. In a
# boot that writes from the snapshot on; in one that resumes by both kernels
calls() {
	tr -d '\r' <"$WORK/$1/console" | awk '/PM: hibernation: Creating image/ { nr = 0 }
		{ line[nr++] = $0 }
		END { for (i = 0; i < nr; i++) print line[i] }' |
		sed -n 's/.*dumpflt_filter_call: .*filter=\([a-z]*\) callback=\([a-z]*\) .*ret=0.*/\2 \1/p
			s/.*dumpflt_session: .*what=\([a-z]*\) ret=0.*/\1/p
			s/.*Preparing to enter system sleep state.*/down/p
			s/.*reboot: Restarting system.*/down/p' |
		awk '$0 != "down" || last != $0; { last = $0 }'
}

# in_order <how> <line>...
in_order() {
	[ "$(calls "$1")" = "$(printf '%s\n' "${@:2}")" ] || {
		calls "$1" | sed 's/^/# /'
		return 1
	}
}

# flip <file> <offset>
flip() {
	local file=$1 at=$2 byte

	byte=$(od -An -tu1 -j "$at" -N 1 "$file" | tr -d ' ')
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %x $((byte ^ 4)))" | dd of="$file" bs=1 seek="$at" conv=notrunc status=none
}
