#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_slow_01.sh: a filter at work is not the target's silence: one that takes longer than
# timeout_ms is waited for; one that takes far too long fails the dump by its name, and
# the target gets the receipt (F1, F7). Nor does what a finish takes count against the target.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# slow <milliseconds of the second chunk>: it is with the filter when the dump is to end
slow() {
	_area_format "$disk" --slots 2 >/dev/null
	_area_stack s0 "$disk" && _set 500 "$DUMPFLT_CONFIG/s0/timeout_ms" && _filter_add s0 10-trace &&
		_filter_add s0 20-fault mode=delay at=write call=2 "ms=$1" && _live s0 1 && _session s0 start || return 1
	"$HELPERS/pattern" write "$(_dev s0)" --size 128K >"$TEST_TMP/writer" 2>&1 &
	writer=$!
	usleep 500000
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish 2>/dev/null)
	wait "$writer"
	written=$?
}

waited_for() {
	slow 2500 && _is "what finish says" "$said" '' && _attr_is s0 state complete && _is "exit status of the writer" "$written" 0 &&
		_area_is "$disk" 0 COMPLETE
}

named() {
	slow 9000 && _is "what finish says" "$said" ETIMEDOUT && _attr_is s0 state failed && [ "$written" != 0 ] &&
		_last_error_has s0 "filter 'fault': finish: it has not come back" && _area_is "$disk" 0 FAILED &&
		_area_has "$disk" 0 '"error":"filter.fault' && _live s0 0 && _live s0 1 && _session s0 start && _session s0 abort
}

# The end has 200 ms of the target's time, and the filter takes more than that
slow_end() {
	_area_format "$disk" --slots 2 >/dev/null
	_area_stack s0 "$disk" && _set 100 "$DUMPFLT_CONFIG/s0/timeout_ms" && _filter_add s0 10-fault mode=delay at=finish ms=1500 &&
		_live s0 1 && _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 128K >/dev/null && _live s0 0 &&
		_area_is "$disk" 0 INTERRUPTED && _area_has "$disk" 0 '"error":"interruptedbyareboot'
}

[ "$(nproc)" -gt 1 ] || ktap_skip_all "a filter that keeps the only CPU lets nobody look"
_test_begin 3
_load
disk=$(_null_blk size=4 cache_size=1)
_apart
ktap_test_result "five times timeout_ms for a chunk: complete" _alone s0 waited_for
ktap_test_result "far too long for a chunk: the filter is named, in the receipt too" _alone s0 named
ktap_test_result "a finish that takes longer than all waits of an interrupted session: the receipt is there" _alone s0 slow_end
_test_end
