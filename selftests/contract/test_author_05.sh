#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_05.sh: what a callback did to the task that called it is found out and put back,
# init and unload included, where a filter's way out of an error forgets it most easily (C45,
# C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/left.sh
. "$SELFTESTS/lib/left.sh"

scope='came back with a memalloc scope that it began, or without the core'
irqs='came back with interrupts off, or on'

# init <word> <words>
init() {
	_left_by_init "$@" && _attr_is s0 state configured
}

# session <callback> <word> <words>; the next one, in the same tasks, has nothing of it
session() {
	_left_by "$@" && _remove_stack s0 &&
		_stack_create s0 "$disk" && _live s0 1 && _dump s0 --size 256K && _attr_is s0 state complete
}

_test_begin 10
_load
disk=$(_null_blk size=1)
ktap_test_result "init comes back with interrupts off" _alone s0 init irqs "$irqs"
ktap_test_result "init begins a memalloc scope" _alone s0 init scope "$scope"
ktap_test_result "start begins one" _alone s0 session start scope "$scope"
ktap_test_result "start ends the core's" _alone s0 session start unscoped "$scope"
ktap_test_result "write begins one" _alone s0 session write scope "$scope"
ktap_test_result "write ends the core's" _alone s0 session write unscoped "$scope"
ktap_test_result "finish begins one" _alone s0 session finish scope "$scope"
ktap_test_result "finish ends the core's" _alone s0 session finish unscoped "$scope"
ktap_test_result "unload comes back with interrupts off" _alone s0 _left_by_unload irqs "$irqs"
ktap_test_result "unload begins a scope" _alone s0 _left_by_unload scope "$scope"
_test_end
