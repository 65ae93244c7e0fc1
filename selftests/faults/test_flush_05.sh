#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_flush_05.sh: while the target has not answered the flush, nothing says
# complete, and the stack can be looked at (C50, F4, F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"

stuck() {
	dmsetup suspend --nolockfs "stuck$$"
}

answers() {
	dmsetup resume "stuck$$"
}

# While the flush is under way the dump is not complete
slow_flush() {
	_session f start &&
		_fault_write --size 128K && stuck || return 1
	# Not a function: its shell would keep our caller's pipe open
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/f/session" finish >"$TEST_TMP/finish" 2>&1 &
	_soon 5 _attr_is f state finishing && usleep 500000 && _attr_is f state finishing &&
		_is state "$(cat /sys/block/dumpflt0/dumpflt/state)" finishing
}

looked_at() {
	for attr in /sys/block/dumpflt0/dumpflt/* "$DUMPFLT_CONFIG"/f/* "$DUMPFLT_CONFIG"/f/*/*; do
		[ ! -f "$attr" ] || timeout 3 cat "$attr" >/dev/null || {
			echo "$attr cannot be read"
			return 1
		}
	done
}

_test_begin 3
_load
disk=$(_null_blk size=1 cache_size=1)
_stack_create f "$(_dm "stuck$$" "0 2048 linear $disk 0")" timeout_ms=20000
_filter_add f 10-template
_live f 1
ktap_test_result "nothing says complete while the flush is under way (C50, F4, F6)" slow_flush
ktap_test_result "a stack that waits can be looked at" looked_at
answers
ktap_test_result "after the answer it is complete (F6)" _soon 5 _attr_is f state complete
_test_end
