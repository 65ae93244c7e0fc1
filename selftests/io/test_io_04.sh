#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_io_04.sh: writes of every shape: small, large, odd, in pieces, from memory
# at odd places; many at once to a target that waits (C24, C26, C32, C36, C38, C39).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have_module dm_mod

dev=/dev/dumpflt0

verify() {
	_session s0 finish && _attr_is s0 state complete && _session s0 read &&
		"$HELPERS/pattern" verify "$dev" "$@" && _session s0 finish
}

# shape <pattern option>...
shape() {
	_session s0 start && "$HELPERS/pattern" write "$dev" "$@" && verify "$@"
}

# The D's that blkop writes, beginning at 4096
ds() {
	[ "$(dd if="$dev" bs=512 skip=8 count=$(($1 / 512)) iflag=direct 2>/dev/null | tr -d D | wc -c)" = 0 ]
}

# odd <operation> <bytes>
odd() {
	_session s0 start && "$HELPERS/blkop" "$1" "$dev" 4096 "$2" && _session s0 finish &&
		_session s0 read && ds "$2" && _session s0 finish &&
		_is "bytes through the filter" "$(($(_stat s0 10-template write bytes) - written))" "$2"
}

# on_their_way <number>: so many writes at least
on_their_way() {
	[ $(($(_stat s0 10-template write calls) - calls)) -ge "$1" ]
}

# More than there are bounce buffers, all at once, while the target waits: each
# has to keep its own bytes until they are written
all_at_once() {
	_session s0 start && dmsetup suspend --nolockfs "wait$$" || return 1
	"$HELPERS/pattern" write "$dev" --size 8M --block 64K --threads 64 >"$TEST_TMP/out" 2>&1 &
	writer=$!
	_soon 10 on_their_way 16
	on_their_way_status=$?
	dmsetup resume "wait$$"
	wait "$writer" && [ "$on_their_way_status" -eq 0 ] || return 1
	verify --size 8M
}

counters() {
	written=$(_stat s0 10-template write bytes)
	calls=$(_stat s0 10-template write calls)
}

_test_begin 11
_load
disk=$(_null_blk size=16)
_stack_create s0 "$(_dm "wait$$" "0 $(_sectors "$disk") linear $disk 0")" check_source=1
_filter_add s0 10-template
_filter_add s0 20-add
_live s0 1
ktap_test_result "blocks of 512 bytes" shape --size 64K --block 512
ktap_test_result "blocks of 1 MiB, 16 times what a filter takes (C26)" shape --size 8M --block 1M
ktap_test_result "blocks of an odd number of sectors" shape --size 1000K --block 66048
ktap_test_result "the page cache, blocks of 1000 bytes" shape --size 1000000 --block 1000 --buffered
ktap_test_result "16 writers, blocks of 4 KiB" shape --size 1M --block 4K --threads 16
counters
ktap_test_result "memory 512 bytes behind a page boundary, 64 KiB (C36)" odd shifted 65536
counters
ktap_test_result "the same, 1 MiB (C26)" odd shifted 1048576
counters
ktap_test_result "128 pieces of 512 bytes, each in another page" odd pieces 65536
counters
ktap_test_result "512 pieces" odd pieces 262144
counters
ktap_test_result "more writes at once than there are buffers (C38, C39)" all_at_once
ktap_test_result "nothing was changed in the source (C32)" _attr_is s0 last_error ''
_test_end
