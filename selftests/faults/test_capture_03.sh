#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_capture_03.sh: a second dumpflt capture while the first writes says which process
# that is, and the first one's dump comes to its end (F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/capture.sh
. "$SELFTESTS/lib/capture.sh"

started() {
	_attr_is f state started >/dev/null 2>&1
}

# The last words of the first are looked at, too: all went as if it had been alone
first_goes_on() {
	: >"$TEST_TMP/slow"
	"$TOOL" capture -c "$TEST_TMP/conf" >"$TEST_TMP/first" 2>&1 &
	first=$!
	_soon 20 started && _captures 1 20 && _capture_failed &&
		grep "another capture (process [0-9]*) is writing to '$target'" "$TEST_TMP/out" &&
		_attr_is f state started
	first_goes_on_status=$?
	rm "$TEST_TMP/slow"
	wait "$first" && grep '^complete: 4198480 bytes' "$TEST_TMP/first" &&
		! grep -E '^(ERROR|WARNING: (the|a) stack)' "$TEST_TMP/first" && _capture_gone &&
		return "$first_goes_on_status"
}

_test_begin 2
_load
target=$(_null_blk size=16)
_capture_prepare "$target" 60
ktap_test_result "the second leaves the first alone, and says who it is" first_goes_on
ktap_test_result "after it there is another dump" _capture_good
_test_end
