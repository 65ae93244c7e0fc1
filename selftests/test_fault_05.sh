#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_fault_05.sh: a table of callbacks that changed while live is found at the
# next start (C48); a slow callback is no fault; the faults that the core
# cannot see without check_source and alloc_watch are the ones it says.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=lib/test.sh
. "$(dirname "$0")/lib/test.sh"
# shellcheck source=lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=lib/raw.sh
. "$SELFTESTS/lib/raw.sh"
# shellcheck source=lib/fault.sh
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

# Behind the core's back, 50 ms after init
ops_at_init() {
	{
		_fault_stack mode=ops at=init ms=50 && usleep 300000 &&
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

_test_begin 8
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
_test_end
