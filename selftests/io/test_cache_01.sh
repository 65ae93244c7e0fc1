#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cache_01.sh: in an area what comes from the page cache is refused, in words and every
# time; small direct writes in order are served; pages from before start are in no dump
# (D11, D12, C31).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

session=$DUMPFLT_CONFIG/s0/session

# refused [<finish>]: the dump has failed, and who reads why knows what to do
refused() {
	_set_fails EOPNOTSUPP "${1:-finish}" "$session" && _attr_is s0 state failed &&
		_last_error_has s0 'page cache.*O_DIRECT'
}

# Written back by fsync after so many blocks of 512 bytes, wherever that is
synced() {
	for blocks in 1 64 100 127; do
		_session s0 start || return 1
		! dd if="$reference" of="$dev" bs=512 count="$blocks" conv=notrunc,fsync 2>/dev/null || return 1
		refused || { echo "fsync after $blocks blocks of 512"; return 1; }
	done
}

# Nobody has written them back: they are still there at finish
left() {
	exec 4<"$dev"
	_session s0 start && dd if="$reference" of="$dev" bs=512 count=256 conv=notrunc 2>/dev/null || return 1
	refused "finish 131072"
	left_status=$?
	exec 4<&-
	return "$left_status"
}

# by the kernel, in the middle of it
written_back() {
	echo 65536 >/proc/sys/vm/dirty_background_bytes
	echo 10 >/proc/sys/vm/dirty_writeback_centisecs
	_session s0 start || return 1
	dd if="$reference" of="$dev" bs=512 conv=notrunc 2>/dev/null
	refused "finish 131072"
	back_status=$?
	echo 500 >/proc/sys/vm/dirty_writeback_centisecs
	echo 10 >/proc/sys/vm/dirty_background_ratio
	return "$back_status"
}

# What was dirty before start is not this dump's, and does it no harm
before() {
	exec 4<"$dev"
	yes 'from before the start' | dd of="$dev" bs=64k count=2 iflag=fullblock conv=notrunc 2>/dev/null
	direct
	before_status=$?
	exec 4<&-
	[ "$before_status" = 0 ] && [ "$(dd if="$disk" bs=1M iflag=direct 2>/dev/null | grep -ac 'before the start')" = 0 ]
}

direct() {
	_session s0 start && dd if="$reference" of="$dev" bs=4k oflag=direct conv=notrunc 2>/dev/null &&
		_session s0 "finish 131072" && _attr_is s0 state complete
}

area_direct() {
	direct && _area_is "$disk" 0 COMPLETE && _area_same "$disk" 0 "$reference"
}

area_before() {
	before && _area_is "$disk" 0 COMPLETE && _area_same "$disk" 0 "$reference"
}

# In plain mode any block may come at any time
plain_takes_it() {
	_session s0 start && dd if="$reference" of="$dev" bs=512 conv=notrunc,fsync count=100 2>/dev/null &&
		dd if="$reference" of="$dev" bs=512 conv=notrunc 2>/dev/null &&
		_session s0 "finish 131072" && _attr_is s0 state complete
}

_test_begin 8
_load
disk=$(_null_blk size=16)
reference=$(_area_reference 128)
_stack_create s0 "$disk"
_filter_add s0 10-template
_live s0 1
dev=$(_dev s0)
ktap_test_result "plain: the page cache is served" plain_takes_it
ktap_test_result "plain: pages from before start" before
ktap_test_result "plain: direct writes of 4 KiB, in order" direct
_remove_stack s0 && _forget stack s0
_area_format "$disk" --slots 1 --overwrite >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1
dev=$(_dev s0)
ktap_test_result "area: fsync after any number of blocks" synced
ktap_test_result "area: pages that are dirty at finish" left
ktap_test_result "area: pages that the kernel writes back by itself" written_back
ktap_test_result "area: pages from before start" area_before
ktap_test_result "area: direct writes of 4 KiB, in order" area_direct
_test_end
