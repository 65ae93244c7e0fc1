#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_size_03.sh: offsets behind 4 GiB, 2^32 sectors and 2^32 blocks: in plain mode every
# byte is where it was written to, and encrypted by its own number (C25, C40, C41).
#
# Copyright (C) 2026 the dumpflt authors
#
# Of a disk of 17 TiB only what is written takes memory. dm-crypt is not our code.

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have keyctl dmsetup
_have_module dm_crypt

# 256 KiB around 2^32 bytes, sectors, blocks of 4 KiB, and 2^31 of the first two
OFFSETS='0 2147352576 4294836224 1099511496704 2199023124480 17592185913344'

# each <write|verify> <device> <seed>
each() {
	for offset in $OFFSETS; do
		"$HELPERS/pattern" "$1" "$2" --offset "$offset" --size 256K --block 64K --seed "$3" || return 1
	done
}

# dump <seed>
dump() {
	_session s0 start && each write "$(_dev s0)" "$1" && _session s0 finish && _attr_is s0 state complete
}

read_back() {
	_session s0 read && each verify "$(_dev s0)" "$1" && _session s0 finish
}

# The target, as dm-crypt sees it
dm_crypt() {
	_dm "crypt$$" "0 $(_sectors "$disk") crypt aes-xts-plain64 \
$(od -An -v -tx1 "$TEST_TMP/key" | tr -d ' \n') 0 $disk 0 2 sector_size:4096 iv_large_sectors"
}

dm_reads() {
	_live s0 0 && each verify "$(dm_crypt)" 2 && dmsetup remove --retry "crypt$$" && _forget dm "crypt$$" && _live s0 1
}

# stack <NN-filter> [option]...
stack() {
	_stack_create s0 "$disk" && _filter_add s0 "$@" && _live s0 1
}

_test_begin 6
_load
_modprobe dm_mod
_modprobe dm_crypt
disk=$(_null_blk size=17825792)
head -c 64 /dev/urandom >"$TEST_TMP/key"
keyctl padd logon "dumpflt:s$$" @u <"$TEST_TMP/key" >/dev/null
stack 10-trace
ktap_test_result "a dump around every edge is complete" dump 1
ktap_test_result "all of it is in its place on the disk" each verify "$disk" 1
ktap_test_result "and is read back from there" read_back 1
_remove_stack s0
_forget stack s0
stack 10-crypt "key=dumpflt:s$$"
ktap_test_result "a dump through crypt around every edge is complete" dump 2
ktap_test_result "dm-crypt reads it there" dm_reads
ktap_test_result "and so does crypt (C21)" read_back 2
keyctl purge logon "dumpflt:s$$" >/dev/null
_test_end
