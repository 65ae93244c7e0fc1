#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_size_02.sh: the end of the device, and that what would go around the
# filters is not offered (C24, C25, design 5.15).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

pattern() {
	"$HELPERS/pattern" "$@"
}

beyond_end() {
	_session s0 start && pattern write "$(_dev s0)" --offset 8128K --size 64K &&
		_fails 'No space left' pattern write "$(_dev s0)" --offset 8M --size 64K &&
		_fails 'No space left' pattern write "$(_dev s0)" --offset 8128K --size 128K --block 128K --buffered &&
		_session s0 finish && _attr_is s0 state complete
}

not_offered() {
	_session s0 start || return 1
	for op in discard secdiscard; do
		_fails EOPNOTSUPP "$HELPERS/blkop" "$op" "$(_dev s0)" 0 65536 || return 1
	done
	for limit in discard_max_bytes write_zeroes_max_bytes discard_granularity; do
		_is "$limit" "$(cat "/sys/block/dumpflt0/queue/$limit")" 0 || return 1
	done
	_is zoned "$(cat /sys/block/dumpflt0/queue/zoned)" none
}

# A request for zeros becomes writes of zeros, which the filters see
zeroout() {
	before=$(_stat s0 10-pos write bytes)
	"$HELPERS/blkop" zeroout "$(_dev s0)" 65536 131072 &&
		_is "bytes through the filter" $(($(_stat s0 10-pos write bytes) - before)) 131072 &&
		_session s0 finish && _session s0 read || return 1
	_is "bytes that are not zero" "$(dd if="$(_dev s0)" bs=64k skip=1 count=2 2>/dev/null |
		tr -d '\000' | wc -c)" 0
}

_test_begin 3
_load
_stack_create s0 "$(_null_blk size=8 discard=1)"
_filter_add s0 10-pos
_live s0 1
ktap_test_result "a write beyond the end is refused (C25)" beyond_end
ktap_test_result "no discard, no secure erase, no write-zeroes, no zones" not_offered
ktap_test_result "zeroing goes through the filters (C24)" zeroout
_test_end
