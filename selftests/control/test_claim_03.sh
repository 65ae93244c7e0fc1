#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_claim_03.sh: the target is the one that who configures the stack means, and in
# plain mode none that may hold a dump area out of reach (C11).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# unreadable <first sector> <sectors>: of a device as large as the disk
unreadable() {
	end=$(($1 + $2)) table=''
	[ "$1" = 0 ] || table="0 $1 linear $disk 0
"
	table="$table$1 $2 error"
	[ "$end" = "$(_sectors "$disk")" ] || table="$table
$end $(($(_sectors "$disk") - end)) linear $disk $end"
	_dm "bad$$" "$table" >/dev/null
}

readable() {
	dmsetup remove "bad$$" && _forget dm "bad$$"
}

# plain_gives <errno name> <words>
plain_gives() {
	_stack_create s0 "/dev/mapper/bad$$" && _set_fails "$1" 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 "$2"
}

first() {
	unreadable 0 128 && plain_gives EIO 'may hold a dump area: its first 64 KiB cannot be read'
}

# Its second header tells, as far as it is where that of an area as large as the disk is
first_of_area() {
	_area_format "$disk" --slots 1 >/dev/null && unreadable 0 128 && plain_gives EEXIST 'holds a dump area'
}

# Nothing is wrong with its first 64 KiB: the rest is the dump's own risk
last() {
	dd if=/dev/zero of="$disk" bs=64k count=64 oflag=direct 2>/dev/null
	unreadable $(($(_sectors "$disk") - 128)) 128 && _stack_create s0 "/dev/mapper/bad$$" && _live s0 1
}

# A path that only who writes it to "target" and "live" can see
own_folders() {
	mkdir -p "$TEST_TMP/own" && _stack_create s0 "$TEST_TMP/own/disk" || return 1
	unshare -m sh -c "mount -t tmpfs none '$TEST_TMP/own' &&
		mknod '$TEST_TMP/own/disk' b $(tr : ' ' <"/sys/block/${disk##*/}/dev") &&
		'$HELPERS/setattr' '$DUMPFLT_CONFIG/s0/live' 1" || { _last_error s0; return 1; }
	[ ! -e "$TEST_TMP/own/disk" ] && _dump s0 --size 64K && _live s0 0 &&
		_set_fails ENOENT 1 "$DUMPFLT_CONFIG/s0/live"
}

# The other way round: what all others see is not what he means
hidden() {
	ln -s "$other" "$TEST_TMP/own/disk" && _live s0 1 && _live s0 0 &&
		unshare -m sh -c "mount -t tmpfs none '$TEST_TMP/own' &&
			[ \"\$('$HELPERS/setattr' '$DUMPFLT_CONFIG/s0/live' 1 2>/dev/null)\" = ENOENT ]"
}

_have unshare
_test_begin 5
_load
disk=$(_null_blk size=4)
other=$(_null_blk size=4)
ktap_test_result "the first 64 KiB cannot be read: no plain dump" _alone s0 first
readable
ktap_test_result "the same of a dump area" _alone s0 first_of_area
readable
ktap_test_result "the last 64 KiB cannot be read: a plain dump" _alone s0 last
readable
ktap_test_result "a target in folders of one's own" own_folders
ktap_test_result "a target that is hidden by them" hidden
_test_end
