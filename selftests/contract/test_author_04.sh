#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_04.sh: a filter whose module is still loading is not there yet, as its init may
# fail, and then its code goes whoever has it pinned (C2).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

is_loading() {
	grep -q '^early .* Loading' /proc/modules
}

# The stack asks while the module is between registering and failing
refused() {
	modprobe early loads_ms=3000 2>/dev/null &
	loader=$!
	_soon 2 is_loading
	loading=$?
	_set_fails ENOENT 1 "$DUMPFLT_CONFIG/s0/live"
	refused_status=$?
	! wait "$loader" && [ "$loading" = 0 ] && [ "$refused_status" = 0 ] && _attr_is s0 state configured
}

loaded() {
	_modprobe early && _set 1 /sys/module/early/parameters/registered && _live s0 1 && _dump s0 --size 64K &&
		_attr_is s0 state complete && _live s0 0 && _set 0 /sys/module/early/parameters/registered
}

_test_begin 2
_load
_stack_create s0 "$(_null_blk size=1)"
_filter_add s0 10-early
ktap_test_result "one that registers, and then cannot be loaded, is not taken" refused
ktap_test_result "one that is loaded is" loaded
_test_end
