#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_06.sh: a filter that forgets rcu_read_unlock() does not stop the kernel's grace
# periods: it is named, and the stack and its target can be taken down (C45, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

words='came back inside of rcu_read_lock\(\), or has left the core'

# session <callback> <word>
session() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong "$1=$2" && _live s0 1 || return 1
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" start >/dev/null 2>&1 &&
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >/dev/null 2>&1
	_attr_is s0 state failed && _last_error_has s0 "filter 'wrong': $1.*: $words" && _live s0 0
}

init() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong init=rcu &&
		_set_fails EPROTO 1 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 "filter 'wrong': init failed: $words"
}

unload() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong unload=rcu && _live s0 1 && _live s0 0 &&
		_last_error_has s0 "filter 'wrong': unload: $words"
}

# Elsewhere it is the preempt count that shows it, or nobody counts
grep -q ' T __rcu_read_lock$' /proc/kallsyms || ktap_skip_all "no preemptible RCU"
_test_begin 6
_load
disk=$(_null_blk size=1)
ktap_test_result "init" _alone s0 init
ktap_test_result "start" _alone s0 session start rcu
ktap_test_result "write" _alone s0 session write rcu
ktap_test_result "one rcu_read_unlock() too many" _alone s0 session write unrcu
ktap_test_result "finish" _alone s0 session finish rcu
ktap_test_result "unload" _alone s0 unload
_test_end
