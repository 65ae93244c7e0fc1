#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_crit_03.sh: what a filter may answer at init (C14, C15, C16, C26, C38, C61,
# D6, D9).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# again <option>...: another configuration of the same stack
again() {
	_set "$(printf '%s\n' critical=1 "$@")" "$DUMPFLT_CONFIG/f/20-fault/options"
}

refused() {
	words=$1
	shift
	again "$@" && _set_fails EPROTO 1 "$DUMPFLT_CONFIG/f/live" && _attr_is f state configured &&
		_last_error_has f "^filter 'fault': init failed: $words"
}

flags_are() {
	words=$1
	shift
	again "$@" && _live f 1 && _is flags "$(cat "$(_sysfs f)/20-fault/flags")" "$words" && _live f 0
}

# block_size of the stack device is what the filter asked for
block_size() {
	again block_size=4096 && _live f 1 &&
		_is "block size" "$(blockdev --getss "$(_dev f)")" 4096 && _live f 0
}

# reads <calls> <option>...: of a read-back of two blocks
reads() {
	calls=$1
	shift
	again "$@" && _live f 1 && _dump f --size 128K --block 64K && _session f read &&
		"$HELPERS/pattern" verify "$(_dev f)" --size 128K --block 64K && _session f finish &&
		_calls_are 20-fault read "$calls" 0 && _calls_are 20-fault write 2 0 && _live f 0
}

# 64 bytes for each chunk are the most, and are to be had
most_metadata() {
	_set "$area" "$DUMPFLT_CONFIG/f/target" && _set 1 "$DUMPFLT_CONFIG/f/area" &&
		refused 'asked for too much chunk metadata' chunk_meta=65 && again chunk_meta=64 && _live f 1 &&
		_dump f --size 128K --block 64K && _live f 0 && _area_is "$area" 0 COMPLETE
}

_test_begin 19
_load
_stack_create f "$(_null_blk size=1)"
_filter_add f 20-fault
ktap_test_result "major version 0 is refused (C14)" refused 'set a major version' major=0
ktap_test_result "major version 3 is refused (C14)" refused 'set a major version' major=3
ktap_test_result "unknown flags are refused (C61)" refused 'set unknown flags' flags=0x80000000
ktap_test_result "flag bit 6 is unknown (C61)" refused 'set unknown flags' flags=64
ktap_test_result "ROOM behind buffers that nobody wants is refused (C38)" refused 'took ROOM without BOUNCE' flags=32
ktap_test_result "the reserved callback is refused" refused 'set the reserved callback' reserved=1
ktap_test_result "chunk metadata needs a dump area" refused 'asked for chunk metadata' chunk_meta=1
ktap_test_result "max_pages cannot be raised (C26)" refused 'raised max_pages' max_pages=17
ktap_test_result "block_size cannot be lowered" refused 'lowered the block size' block_size=256
ktap_test_result "block_size is a power of two" refused 'lowered the block size' block_size=1536
ktap_test_result "block_size is a page at most" refused 'lowered the block size' block_size=8192
ktap_test_result "block_size can be raised" block_size
ktap_test_result "each flag has its word (C61)" flags_are 'critical read concurrent' concurrent=1
ktap_test_result "a filter without reads has no read flag (C61)" flags_are critical readable=0
ktap_test_result "major 2, flag and callback: reads are called (C15)" reads 2
ktap_test_result "major 1: reads are never called (C14, C15, C16)" reads 0 major=1
ktap_test_result "no flag: reads are never called (C15, C16)" reads 0 readable=0
ktap_test_result "no callback: reads pass (C15, C16)" reads 0 callbacks=write
area=$(_null_blk size=4 cache_size=1)
_area_format "$area" --slots 1 --record-size 128 >/dev/null
ktap_test_result "64 bytes of chunk metadata are taken, 65 are not" most_metadata
_test_end
