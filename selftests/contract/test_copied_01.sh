#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The filter copied: what is read back is what was written, and not what is on the disk.
# Copyright (C) 2026 the dumpflt authors
. "$(dirname "$0")/../lib/test.sh"

setup()
{
	_load && disk=$(_null_blk size=16) &&
		_stack_create s0 "$disk" check_source=1 &&
		_filter_add s0 10-copied key=1 && _live s0 1
}

read_back()
{
	_session s0 read && "$HELPERS/pattern" verify "$(_dev s0)" --size 8M && _session s0 finish
}

disk_is_plain()
{
	"$HELPERS/pattern" verify "$disk" --size 8M
}

disk_is_changed()
{
	! disk_is_plain
}

_test_begin 4
if setup; then ktap_test_pass "the stack is live"; else ktap_test_fail "the stack is live"; fi
ktap_test_result "a dump is complete" _dump s0 --size 8M
ktap_test_result "the disk holds something else" disk_is_changed
ktap_test_result "what is read back is what was written" read_back
_test_end
