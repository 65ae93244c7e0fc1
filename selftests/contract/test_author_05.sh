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

scope='came back with a memalloc scope that it began, or without the core'
irqs='came back with interrupts off, or on'

# init <words> <option>...
init() {
	init_words=$1
	shift
	_stack_create s0 "$disk" && _filter_add s0 10-wrong "$@" &&
		_set_fails EPROTO 1 "$DUMPFLT_CONFIG/s0/live" && _attr_is s0 state configured &&
		_last_error_has s0 "filter 'wrong': init failed: $init_words"
}

# session <callback> <word> <words>; the next one, in the same tasks, has nothing of it
session() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong "$1=$2" && _live s0 1 || return 1
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" start >/dev/null 2>&1 &&
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >/dev/null 2>&1
	_attr_is s0 state failed && _last_error_has s0 "filter 'wrong': $1.*: $3" && _live s0 0 && _remove_stack s0 &&
		_stack_create s0 "$disk" && _live s0 1 && _dump s0 --size 256K && _attr_is s0 state complete
}

unload() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong "unload=$1" && _live s0 1 && _dump s0 --size 64K && _live s0 0 &&
		_last_error_has s0 "filter 'wrong': unload: $2"
}

_test_begin 10
_load
disk=$(_null_blk size=1)
ktap_test_result "init comes back with interrupts off" _alone s0 init "$irqs" init=irqs
ktap_test_result "init begins a memalloc scope" _alone s0 init "$scope" init=scope
ktap_test_result "start begins one" _alone s0 session start scope "$scope"
ktap_test_result "start ends the core's" _alone s0 session start unscoped "$scope"
ktap_test_result "write begins one" _alone s0 session write scope "$scope"
ktap_test_result "write ends the core's" _alone s0 session write unscoped "$scope"
ktap_test_result "finish begins one" _alone s0 session finish scope "$scope"
ktap_test_result "finish ends the core's" _alone s0 session finish unscoped "$scope"
ktap_test_result "unload comes back with interrupts off" _alone s0 unload irqs "$irqs"
ktap_test_result "unload begins a scope" _alone s0 unload scope "$scope"
_test_end
