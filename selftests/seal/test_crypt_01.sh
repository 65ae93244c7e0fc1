#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_crypt_01.sh: what the crypt filter writes is what dm-crypt reads with the
# same key, and the other way round (C21, C23, C35, C41).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have keyctl dmsetup
_have_module dm_crypt

pattern() {
	"$HELPERS/pattern" "$@"
}

# The target, as dm-crypt sees it
dm_crypt() {
	_dm "crypt$$" "0 $(_sectors "$disk") crypt aes-xts-plain64 \
$(od -An -v -tx1 "$TEST_TMP/key" | tr -d ' \n') 0 $disk 0 2 sector_size:4096 iv_large_sectors"
}

dm_gone() {
	dmsetup remove --retry "crypt$$" && _forget dm "crypt$$"
}

# stack <NN-filter>...
stack() {
	_stack_create s0 "$disk" check_source=1 || return 1
	for name in "$@"; do
		case $name in
		*-crypt) _filter_add s0 "$name" "key=dumpflt:t$$" ;;
		*) _filter_add s0 "$name" ;;
		esac || return 1
	done
	_live s0 1
}

# Blocks in any order, in pieces and at once
write() {
	stack 10-crypt && dev=$(_dev s0) && _session s0 start &&
		pattern write "$dev" --offset 1M --size 3M --block 1M &&
		pattern write "$dev" --size 512K --block 4K --threads 8 &&
		pattern write "$dev" --offset 512K --size 512K --block 60K --buffered &&
		_session s0 finish && _attr_is s0 state complete
}

not_plain() {
	pattern write "$TEST_TMP/plain" --size 64K --buffered &&
		_fails 'verify failed' pattern verify "$disk" --size 64K &&
		! strings -n 16 "$disk" | grep -qF "$(head -c 32 "$TEST_TMP/words")"
}

dm_reads() {
	_live s0 0 && pattern verify "$(dm_crypt)" --size 4M && dm_gone
}

dm_writes() {
	pattern write "$(dm_crypt)" --size 4M --seed 77 && dm_gone && _live s0 1 && _session s0 read &&
		pattern verify "$(_dev s0)" --size 4M --seed 77 --block 1M &&
		pattern verify "$(_dev s0)" --size 4M --seed 77 --block 12K --threads 4 &&
		_session s0 finish
}

block_size() {
	_is "block size" "$(blockdev --getss "$(_dev s0)")" 4096 && _session s0 start &&
		_fails EINVAL "$HELPERS/blkop" direct "$(_dev s0)" 512 512 && _session s0 finish
}

# dm-crypt sees what the filter before crypt made of it
behind_another() {
	_remove_stack s0 && _forget stack s0 && stack 10-add 20-crypt 30-trace && _session s0 start &&
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null && _session s0 finish &&
		_live s0 0 || return 1
	dd if="$(dm_crypt)" bs=64k count=1 iflag=direct 2>/dev/null | tr -d '\001' >"$TEST_TMP/rest"
	dm_gone && _is "other bytes than 1" "$(wc -c <"$TEST_TMP/rest")" 0
}

_test_begin 6
_load
_modprobe dm_mod
_modprobe dm_crypt
disk=$(_null_blk size=8)
head -c 64 /dev/urandom >"$TEST_TMP/key"
keyctl padd logon "dumpflt:t$$" @u <"$TEST_TMP/key" >/dev/null
truncate -s 64K "$TEST_TMP/plain"
head -c 64 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$TEST_TMP/words"
ktap_test_result "a dump through crypt is complete" write
ktap_test_result "the disk does not hold the plain text" not_plain
ktap_test_result "dm-crypt reads it (aes-xts-plain64, 4096, iv_large_sectors)" dm_reads
ktap_test_result "what dm-crypt writes can be read back (C21, C41)" dm_writes
ktap_test_result "blocks are 4096 bytes, others are refused (C35)" block_size
ktap_test_result "crypt behind another filter (C23)" behind_another
keyctl purge logon "dumpflt:t$$" >/dev/null
_test_end
