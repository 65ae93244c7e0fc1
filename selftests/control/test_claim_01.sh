#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_claim_01.sh: targets that are refused, with errno and words, and what the
# target is kept from while a stack is live (design 6, C11).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have mkfs.ext4
_have_module ext4 dm_mod loop

# refused <errno name> <words> <target>
refused() {
	_set "$3" "$DUMPFLT_CONFIG/s0/target" && _set_fails "$1" 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 "$2" && _attr_is s0 state configured && _attr_is s0 device ''
}

mounted() {
	mkfs.ext4 -q -F "$disk" && _mount -t ext4 "$disk" || return 1
	refused EBUSY 'mounted or in use' "$disk" && date >"$TEST_TMP/mnt/still-there"
	mounted_status=$?
	umount "$TEST_TMP/mnt" && _forget mount "$TEST_TMP/mnt" && return "$mounted_status"
}

below_dm() {
	_dm "claim$$" "0 2048 linear $disk 0" && refused EBUSY 'mounted or in use' "$disk" &&
		dmsetup remove "claim$$" && _forget dm "claim$$"
}

read_only() {
	blockdev --setro "$disk" && refused EROFS 'blockdev --setrw|cannot be written' "$disk"
	read_only_status=$?
	blockdev --setrw "$disk"
	return "$read_only_status"
}

no_block_device() {
	refused ENOTBLK 'not a block device' /dev/null && refused ENOTBLK 'not a block device' /tmp &&
		refused ENOTBLK 'not a block device' "$TEST_TMP/created"
}

zoned() {
	refused EOPNOTSUPP 'zoned' "$(_null_blk size=16 zoned=1 zone_size=4)"
}

# Its driver says that it has no cache
without_flush() {
	_set 1 "$DUMPFLT_CONFIG/s0/require_flush" &&
		refused EOPNOTSUPP "takes no flush: .*write 0 to 'require_flush'" "$(_null_blk size=1)" &&
		_set "$(_null_blk size=1 cache_size=1)" "$DUMPFLT_CONFIG/s0/target" && _live s0 1 && _live s0 0 &&
		_set 0 "$DUMPFLT_CONFIG/s0/require_flush"
}

another_stack() {
	mkdir "$DUMPFLT_CONFIG/s1" && _record stack s1 && _set "$disk" "$DUMPFLT_CONFIG/s1/target" &&
		_set_fails EBUSY 1 "$DUMPFLT_CONFIG/s1/live" && _last_error_has s1 'mounted or in use' &&
		_attr_is s0 state live
}

kept_from_mount() {
	mkdir -p "$TEST_TMP/other" && _fails 'busy' mount -t ext4 "$disk" "$TEST_TMP/other"
}

kept_from_dm() {
	_fails 'busy' dmsetup create "claim$$" --table "0 2048 linear $disk 0"
}

released() {
	_live s0 0 && mount -t ext4 "$disk" "$TEST_TMP/other" && cat "$TEST_TMP/other/still-there" &&
		umount "$TEST_TMP/other"
}

# What failed to go live holds nothing
not_held() {
	_set "$disk" "$DUMPFLT_CONFIG/s0/target" && _filter_add s0 10-nosuch &&
		_set_fails ENOENT 1 "$DUMPFLT_CONFIG/s0/live" && mount -t ext4 "$disk" "$TEST_TMP/other" &&
		umount "$TEST_TMP/other" && rmdir "$DUMPFLT_CONFIG/s0/10-nosuch"
}

_test_begin 13
_load
disk=$(_null_blk size=8)
mkdir "$DUMPFLT_CONFIG/s0"
_record stack s0
ktap_test_result "a mounted target is refused" mounted
ktap_test_result "a target below another device is refused" below_dm
ktap_test_result "a read-only target is refused" read_only
ktap_test_result "a target that is not there is refused" \
	refused ENOENT 'there is no such device' /dev/nosuchdisk
ktap_test_result "what is no block device is refused" no_block_device
ktap_test_result "a zoned target is refused" zoned
ktap_test_result "a target without a cache is refused, if it must take a flush" without_flush
_set "$disk" "$DUMPFLT_CONFIG/s0/target"
ktap_test_result "a good one is taken" _live s0 1
ktap_test_result "a target of another stack is refused" another_stack
ktap_test_result "while live it cannot be mounted" kept_from_mount
ktap_test_result "while live no device can be made on it" kept_from_dm
ktap_test_result "after live=0 it can" released
ktap_test_result "a stack that failed to go live holds nothing (C11)" not_held
_test_end
