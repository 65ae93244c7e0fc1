#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_fault_05.sh: a table of callbacks that changed while live is found at the
# next start (C48); a slow callback is no fault, unless it is slower than the
# stack's deadline, and even then nothing is called beside it (C33, C34).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/raw.sh
. "$SELFTESTS/lib/raw.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"

end() {
	end_status=$?
	_fault_stack_gone && return "$end_status"
}

refused() {
	_set_fails EUCLEAN "$1" "$DUMPFLT_CONFIG/f/session" &&
		_attr_is f state failed &&
		_last_error_has f 'has changed since it went live' &&
		_fails 'Input/output error' _fault_write --size 64K
}

# Behind the core's back, 2 s after init: going live has to be over by then, or the core
# takes what it finds for the filter's own table
ops_at_init() {
	{
		_fault_stack mode=ops at=init ms=2000 && sleep 3 &&
			refused start && refused read &&
			_calls_are 10-trace start 0 0 &&
			_raw_filled "$FAULT_DISK" 0 "$FAULT_KIB"
	}
	end
}

# In a session: this one goes on with the table that was checked at its start
ops_at() {
	{
		_fault_stack mode=ops "at=$1" &&
			_dump f --size 512K --block 64K && _attr_is f state complete &&
			_calls_are 20-fault write 8 0 && refused start
	}
	end
}

slow() {
	{
		_fault_stack mode=delay "at=$1" every=1 ms=5 &&
			_dump f --size 512K --block 64K && _attr_is f state complete &&
			_session f read &&
			"$HELPERS/pattern" verify "$(_dev f)" --size 512K && _session f finish
	}
	end
}

# Slower than the stack's own deadline, and than the five seconds that a filter has at least:
# failed, but finish still comes after it, and after
# what the core does with it: with check_source and this much data that takes a while
too_slow() {
	_stack_create f "$FAULT_DISK" timeout_ms=200 check_source=1 max_pages=256 &&
		_filter_add f 20-fault mode=delay at=write ms=9000 && _filter_add f 30-trace && _live f 1 &&
		_session f start || return 1
	_events_on dumpflt/dumpflt_filter_call
	"$HELPERS/pattern" write "$(_dev f)" --size 1M --block 1M >"$TEST_TMP/out" 2>&1 &
	_soon 10 _in_flight f && usleep 700000
	_set_fails ETIMEDOUT finish "$DUMPFLT_CONFIG/f/session" && _attr_is f state failed
	too_slow_status=$?
	wait
	_events_stop
	_same_lines "$(printf 'fault write\nfault finish\ntrace finish')" \
		_event_fields dumpflt_filter_call filter callback || too_slow_status=1
	_fault_stack_gone && return "$too_slow_status"
}

_test_begin 9
_load
FAULT_DISK=$(_null_blk size=1)

ktap_test_result "a table changed after init is found at start, nothing is written (C48)" ops_at_init
for callback in start write finish; do
	ktap_test_result "a table changed in $callback is found at the next start (C48)" \
		ops_at "$callback"
done
for callback in start write read finish; do
	ktap_test_result "a slow $callback is no fault" slow "$callback"
done
_apart
ktap_test_result "a write slower than timeout_ms: no finish and no other filter beside it (C33, C34)" too_slow
_test_end
