#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_read_03.sh: what the filters gave out in a read-back is not to be had after its
# finish, from a page cache that somebody keeps alive either; nor what a page cache
# had before it (C31, C33, C41).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# Through the page cache, which lives as long as descriptor 9 is open
cached() {
	dd if="$(_dev s0)" bs=4k count=16 2>/dev/null
}

# written <seed>: a dump, kept to compare with
written() {
	head -c 65536 /dev/urandom >"$TEST_TMP/$1"
	_session s0 start && dd if="$TEST_TMP/$1" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null && _session s0 finish
}

read_back() {
	exec 9<"$(_dev s0)"
	written one && _session s0 read && cached | cmp - "$TEST_TMP/one" && _session s0 finish
}

refused() {
	_fails 'error' dd if="$(_dev s0)" of=/dev/null bs=4k count=1
}

again() {
	written two && _session s0 read && cached | cmp - "$TEST_TMP/two" && _session s0 finish && refused
	again_status=$?
	exec 9<&-
	return "$again_status"
}

_test_begin 3
_load
_stack_create s0 "$(_null_blk size=4)"
_filter_add s0 10-template key=7
_live s0 1
ktap_test_result "a dump is read back, through the page cache" read_back
ktap_test_result "after finish none of it can be read" refused
ktap_test_result "another dump is read back as it is" again
_test_end
