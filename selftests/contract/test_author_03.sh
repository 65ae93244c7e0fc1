#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_03.sh: a filter that is unregistered, and its memory freed, under a live stack:
# the kernel says whose bug it is, and the stack goes on, and goes (C2, C58). So does a module
# go that has not unregistered.
#
# Copyright (C) 2026 the dumpflt authors

export DMESG_EXPECT="WARNING: .*dumpflt_unregister_filter|Call Trace"
# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

registered=/sys/module/early/parameters/registered

dumps() {
	_dump s0 --size 256K && _attr_is s0 state complete
}

goes() {
	_set 0 "$registered" && _dmesg_has "filter 'early' of module early is unregistered while stacks have it: 1"
}

unloads() {
	_live s0 0 && _set_fails ENOENT 1 "$DUMPFLT_CONFIG/s0/live"
}

# The name is free, and it is another filter by now
again() {
	_set 1 "$registered" && _live s0 1 && dumps && _live s0 0 && _set 0 "$registered"
}

# Its memory is gone, and the one that is mended is not compared with it
forgotten() {
	! modprobe early fails=1 2>/dev/null &&
		_dmesg_has "module early goes and has not unregistered its filter 'early': it is forgotten"
}

_test_begin 6
_load
ktap_test_result "a module whose init fails when it has registered" forgotten
_modprobe early
_set 1 "$registered"
_stack_create s0 "$(_null_blk size=1)"
_filter_add s0 10-early
_live s0 1
ktap_test_result "a filter on the heap" dumps
ktap_test_result "it is unregistered while the stack has it: a WARNING names it" goes
ktap_test_result "the stack goes on" dumps
ktap_test_result "it is taken down, and does not find the filter again" unloads
ktap_test_result "registered again, it works again" again
_test_end
