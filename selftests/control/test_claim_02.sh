#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_claim_02.sh: a plain dump does not go over what somebody may want, though
# nobody has it mounted: the tool refuses such a target, unless it is told.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have mkfs.ext4
_have_module ext4

refused() {
	_fails "$1" "$TOOL" create s0 --target "$disk" && [ ! -e "$DUMPFLT_CONFIG/s0" ]
}

file_system() {
	mkfs.ext4 -q -F "$disk" && _mount -t ext4 "$disk" && date >"$TEST_TMP/mnt/still-there" &&
		umount "$TEST_TMP/mnt" && refused 'it holds .*ext4' && mount -t ext4 "$disk" "$TEST_TMP/mnt" &&
		cat "$TEST_TMP/mnt/still-there" && umount "$TEST_TMP/mnt" && _forget mount "$TEST_TMP/mnt"
}

overwritten() {
	_record stack s0 && "$TOOL" create s0 --target "$disk" --overwrite && "$TOOL" start s0 &&
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=16 oflag=direct 2>/dev/null && "$TOOL" finish s0 &&
		"$TOOL" destroy s0
}

blank() {
	"$TOOL" create s0 --target "$disk" && "$TOOL" destroy s0
}

partition_table() {
	printf '\0\0\002\0\203\377\377\377\001\0\0\0\377\077\0\0' |
		dd of="$disk" bs=1 seek=446 conv=notrunc 2>/dev/null &&
		printf '\125\252' | dd of="$disk" bs=1 seek=510 conv=notrunc 2>/dev/null && refused 'partition table .dos'
}

_test_begin 4
_load
disk=$(_null_blk size=16)
ktap_test_result "a file system that nobody has mounted is kept" file_system
ktap_test_result "with --overwrite it is written over" overwritten
ktap_test_result "what is blank then is taken" blank
ktap_test_result "a partition table is kept" partition_table
_test_end
