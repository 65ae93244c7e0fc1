#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_capture_02.sh: dumpflt capture with a makedumpfile that hangs, or leaves somebody
# behind that holds its output: it ends within max_seconds and what it has promised, and
# the next one is complete (F6, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/capture.sh
. "$SELFTESTS/lib/capture.sh"

# max_seconds is 10
hangs() {
	: >"$TEST_TMP/hangs"
	_captures 1 40 && _capture_failed && _capture_says 'it is not at its end after 10 s' && _capture_gone &&
		_soon 5 _no_processes 'sleep 4321'
	hangs_status=$?
	rm "$TEST_TMP/hangs"
	return "$hangs_status"
}

# <holds | escapes>: a dump has an end, whoever still holds the pipe
held() {
	: >"$TEST_TMP/$1"
	_capture_good
	held_status=$?
	rm "$TEST_TMP/$1"
	return "$held_status"
}

killed_with_it() {
	held holds && _soon 5 _no_processes 'sleep 4321'
}

not_listened_to() {
	held escapes && kill "$(_processes 'sleep 4321')" && _soon 5 _no_processes 'sleep 3600'
}

_test_begin 4
_load
_capture_prepare "$(_null_blk size=16 cache_size=1)" 10

ktap_test_result "makedumpfile hangs: max_seconds, and nothing is left of it" hangs
ktap_test_result "then the next capture is complete" _capture_good
ktap_test_result "its child holds the pipe: complete, and the child is killed" killed_with_it
ktap_test_result "a child in a session of its own holds it: complete without it" not_listened_to
_test_end
