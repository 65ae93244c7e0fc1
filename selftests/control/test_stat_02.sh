#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_stat_02.sh: somebody may have a reference to our folders in sysfs for longer than the
# stack is live, as each is kept with CONFIG_DEBUG_KOBJECT_RELEASE: its last one calls our
# code, so that neither stack nor module goes before (C60).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# kept <folder>: for two seconds; the module goes at once
kept() {
	_live s0 1 && modprobe keep "path=$(_sysfs s0)$1" ms=2000 || return 1
	read -r begin _ </proc/uptime
	_live s0 0 || return 1
	read -r end _ </proc/uptime
	_remove_stack s0 && _forget stack s0 && _unload && _forget unload dumpflt && rmmod keep || return 1
	[ "$(((${end%.*} - ${begin%.*}) * 100 + 1${end#*.} - 1${begin#*.}))" -ge 120 ] && return 0
	echo "taken down from $begin to $end s"
	return 1
}

stack() {
	_load && _stack_create s0 "$disk" && _filter_add s0 10-trace
}

_test_begin 2
disk=$(_null_blk size=1)
stack
ktap_test_result "the folder of a stack is kept: taking it down waits" kept ""
stack
ktap_test_result "so it does with that of a filter" kept /10-trace
_test_end
