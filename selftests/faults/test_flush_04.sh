#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_flush_04.sh: a target that does not answer: finish ends after timeout_ms
# with an error, and nothing is torn down before the answer (C50, C62, F1, F4, F6,
# F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"

SESSION=$DUMPFLT_CONFIG/f/session

stuck() {
	dmsetup suspend --nolockfs "stuck$$"
}

answers() {
	dmsetup resume "stuck$$"
}

# Neither ended nor begun while something of ours is still there
held() {
	_set_fails EBUSY 0 "$DUMPFLT_CONFIG/f/live" && _set_fails EBUSY start "$SESSION" &&
		_last_error_has f "$1"
}

flush_stuck() {
	_session f start && _fault_write --size 128K && stuck && _set_fails ETIMEDOUT finish "$SESSION" &&
		_attr_is f state failed && held "flush of the target's cache failed: -ETIMEDOUT"
}

# The late answer changes nothing about that dump; the next one is another
late_answer() {
	answers && usleep 200000 && _attr_is f state failed &&
		_dump f --size 128K --block 64K && _attr_is f state complete
}

write_stuck() {
	_session f start && stuck || return 1
	# Not a function: its shell would keep our caller's pipe open
	"$HELPERS/pattern" write "$(_dev f)" --size 64K >"$TEST_TMP/writer" 2>&1 &
	usleep 200000
	_set_fails ETIMEDOUT finish "$SESSION" && _attr_is f state failed &&
		_last_error_has f 'the target has not answered for 300 ms: -ETIMEDOUT' &&
		_set_fails EBUSY 0 "$DUMPFLT_CONFIG/f/live" && _set_fails EBUSY start "$SESSION"
}

# The request's own deadline, without finish; the late success changes nothing
request_deadline() {
	_session f start && stuck || return 1
	"$HELPERS/pattern" write "$(_dev f)" --size 64K >"$TEST_TMP/writer" 2>&1 &
	_soon 5 _last_error_has f '^write of 65536 bytes at 0: the target has not answered for 300 ms: -ETIMEDOUT' &&
		_attr_is f state started && answers && wait && _set_fails ETIMEDOUT finish "$SESSION" &&
		_attr_is f state failed
}

writeback_stuck() {
	exec 4<"$(_dev f)"
	_session f start && "$HELPERS/pattern" write "$(_dev f)" --size 64K --buffered && stuck || return 1
	_set_fails ETIMEDOUT finish "$SESSION" && _attr_is f state failed &&
		_set_fails EBUSY start "$SESSION" && answers || return 1
	exec 4<&-
	usleep 200000
}

_test_begin 7
_load
disk=$(_null_blk size=1 cache_size=1)
_stack_create f "$(_dm "stuck$$" "0 2048 linear $disk 0")" timeout_ms=300
_filter_add f 10-template
_live f 1
ktap_test_result "no answer to the flush: failed, and nothing is torn down (C50, F4)" flush_stuck
ktap_test_result "when it answers: still failed, the next dump is complete (C62, F6)" late_answer
ktap_test_result "no answer to a write: failed, and nothing is torn down (F1)" write_stuck
answers
wait
ktap_test_result "after the answer the next dump is complete" eval 'usleep 200000; late_answer'
ktap_test_result "a write that is answered too late has failed the dump (F7)" request_deadline
ktap_test_result "no answer to the page cache: failed (F1)" writeback_stuck
ktap_test_result "after the answer the stack can be unloaded" \
	eval '_live f 0 && _live f 1 && _dump f --size 64K && _attr_is f state complete'
_test_end
