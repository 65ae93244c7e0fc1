# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2154
# Each takes what a callback of the filter "wrong" leaves behind, and the words for that.
# The stack is s0, the target $disk; sourced behind check.sh.
# Copyright (C) 2026 the dumpflt authors

# _left_by_init <word> <words>
_left_by_init() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong "init=$1" &&
		_set_fails EPROTO 1 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 "filter 'wrong': init failed: $2"
}

# _left_by <callback> <word> <words>: start, write or finish; the stack can be taken down
_left_by() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong "$1=$2" && _live s0 1 || return 1
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" start >/dev/null 2>&1 &&
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >/dev/null 2>&1
	_attr_is s0 state failed && _last_error_has s0 "filter 'wrong': $1.*: $3" && _live s0 0
}

# _left_by_unload <word> <words>: behind a dump
_left_by_unload() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong "unload=$1" && _live s0 1 && _dump s0 --size 64K && _live s0 0 &&
		_last_error_has s0 "filter 'wrong': unload: $2"
}
