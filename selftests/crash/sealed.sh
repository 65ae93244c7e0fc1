# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sealed.sh: a sealed dump on its way to whoever holds the key, part of crash/run.
#
# Copyright (C) 2026 the dumpflt authors
#
# This machine is the analyst's: the secret key is made here and stays here. The
# guests get the public one, in the policy of the area. WORK, check, canary,
# PLACES, disks and logs are those of crash/run.
# shellcheck disable=SC2034,SC2154

SEARCH=$SELFTESTS/secrecy/build/search

_sealed_key() {
	age-keygen -o "$WORK/key.txt" 2>/dev/null
	recipient=$(age-keygen -y "$WORK/key.txt")
}

_sealed_authentic() {
	"$TOP/userspace/dumpflt" verify --identity "$WORK/key.txt" "$WORK/dump.img" | tee "$WORK/out" &&
		grep -q authentic "$WORK/out"
}

# Whoever has no key, or another one, opens nothing
_sealed_closed() {
	age-keygen -o "$WORK/other.txt" 2>/dev/null
	! "$TOP/userspace/dumpflt" extract --device "$WORK/dump.img" "$WORK/stolen" 2>/dev/null &&
		! "$TOP/userspace/dumpflt" extract --identity "$WORK/other.txt" \
			--device "$WORK/dump.img" "$WORK/stolen" 2>/dev/null && [ ! -e "$WORK/stolen" ]
}

# A guest boots again from the disk with the dump, and has no key
_sealed_collect() {
	truncate -s 256M "$WORK/store.img"
	mkfs.ext4 -q -F "$WORK/store.img" &&
		_vm collect 240 -o "$logs/collect" -i "$IMAGES/production.img" -i "$WORK/overlay.img" \
			"${disks[0]}" "${disks[1]%,log=*}" -d "file=$WORK/store.img,serial=store" &&
		mkdir "$WORK/store" &&
		debugfs -R "rdump / $WORK/store" "$WORK/store.img" >/dev/null 2>&1 &&
		sealed=$(ls "$WORK"/store/*.age)
}

# The analyst needs nothing of ours
_sealed_open() {
	age -d -i "$WORK/key.txt" "$sealed" >"$WORK/plain" &&
		makedumpfile -R "$WORK/vmcore" <"$WORK/plain" >/dev/null
}

_sealed_sizes() {
	echo "PLAIN $(stat -c %s "$sealed") bytes of age file, $(stat -c %s "$WORK/plain") bytes in it," \
		"$(stat -c %s "$WORK/vmcore") bytes of vmcore, with a hole before the kernel log at its end"
}

# makedumpfile -R has the kernel log, too, behind the end of the dump
_sealed_extract() {
	"$TOP/userspace/dumpflt" extract --identity "$WORK/key.txt" --device "$sealed" \
		"$WORK/extracted" >/dev/null &&
		cmp -n "$(stat -c %s "$WORK/extracted")" "$WORK/extracted" "$WORK/vmcore" &&
		{ [ "$(_log_kept)" = no ] || [ "$(stat -c %s "$WORK/extracted")" -lt "$(stat -c %s "$WORK/vmcore")" ]; }
}

# A newer makedumpfile says which task or CPU each line is of: <file>
_without_caller() {
	sed -E 's/^(\[ *[0-9]+\.[0-9]+\]) \[ *[TC][0-9]+\]/\1/' "$1"
}

# Kept before the dump, it is what makedumpfile finds in the memory of the dump
_sealed_dmesg() {
	"$TOP/userspace/dumpflt" extract --identity "$WORK/key.txt" --device "$sealed" --dmesg \
		"$WORK/dmesg.txt" && grep -F 'sysrq: Trigger a crash' "$WORK/dmesg.txt" &&
		grep -F "dumpflt-crash: $marker" "$WORK/dmesg.txt" &&
		cmp <(_without_caller "$WORK/dmesg.txt") <(_without_caller "$WORK/log.txt")
}

# What the secrets are: the canary; the keys of this dump; the secret key
_sealed_secrets() {
	echo "canary $(printf %s "$canary" | od -An -v -tx1 | tr -d ' \n')"
	echo "identity $(grep -o 'AGE-SECRET-KEY-.*' "$WORK/key.txt" | cut -c 17- | tr -d '\n' |
		od -An -v -tx1 | tr -d ' \n')"
	"$SELFTESTS/secrecy/build/agekeys" "$WORK/key.txt" "$sealed"
}

# Unpacked: what the capture kernel's root was. zstd minds the zeros at its end
_sealed_initramfs() {
	zstd -dcq "$IMAGES/$capture.img" >"$WORK/initramfs" 2>/dev/null || true
	cat "$WORK/overlay.img" >>"$WORK/initramfs"
	grep -aq 'TRAILER!!!' "$WORK/initramfs" && grep -aq 'dumpflt-age.ko' "$WORK/initramfs"
}

_sealed_secret() {
	_sealed_secrets >"$WORK/secrets" && _sealed_initramfs &&
		"$SEARCH" "$WORK/dump.img" "$logs"/*/* "$WORK"/store/*.* "$WORK/store.img" \
			"$WORK/initramfs" <"$WORK/secrets"
}

# The same search finds them where they are
_sealed_found() {
	! "$SEARCH" "$WORK/vmcore" <"$WORK/secrets" >/dev/null &&
		! "$SEARCH" "$WORK/key.txt" <"$WORK/secrets" >/dev/null
}

quietly() {
	"$@" >"$WORK/said" 2>&1 && return 0
	cat "$WORK/said"
	return 1
}

_sealed_checks() {
	check "without its key nothing opens it" quietly _sealed_closed
	check "with the secret key it is authentic" _sealed_authentic
	check "the next boot collects it, without a key" _sealed_collect
	[ "$failed" -eq 0 ] || return 0
	check "the program age opens what was collected" quietly _sealed_open
	[ "$show_log" = no ] || _sealed_sizes
	check "its log is that of this crash" quietly _vmcore_log "$WORK/vmcore" "$WORK/log.txt"
	check "the memory that was dumped is in it" quietly _vmcore_canaries "$WORK/vmcore"
	check "dumpflt opens it, too, and gives out the same" quietly _sealed_extract
	[ "$(_log_kept)" = no ] || check "the kernel log was kept before it" quietly _sealed_dmesg
	check "no canary and no key on disks, in logs, in the initramfs" _sealed_secret
	check "where they are, the search finds them" _sealed_found
	show_log "$WORK/log.txt"
}
