#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hib_01.sh: the machine begins to hibernate, and gives up once all tasks are
# frozen. That loads no stack and unloads none, and a dump that is under way can be
# ended afterwards (C18, in the way that the table says; C5, C62, D7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

POWER=/sys/power
WATCHDOG=/proc/sys/kernel/watchdog_thresh

# Up to the freezer, and back after five seconds: the kernel counts them without giving its CPU
# away, and a busy host makes more of them than its own watchdog allows
hibernate() {
	# Not by the shell, which reads byte by byte: this file has only one for it
	watchdog=$(cat "$WATCHDOG" 2>/dev/null)
	[ -z "$watchdog" ] || echo 60 >"$WATCHDOG" || return 1
	_set freezer "$POWER/pm_test" && _set disk "$POWER/state"
	hibernate_status=$?
	_set none "$POWER/pm_test"
	[ -z "$watchdog" ] || echo "$watchdog" >"$WATCHDOG"
	_dmesg_has 'PM: hibernation: (hibernation )?debug: Waiting for' && return "$hibernate_status"
}

in_a_session() {
	_live open 1 && _session open start && _events_on dumpflt/dumpflt_filter_call dumpflt/dumpflt_session &&
		"$HELPERS/pattern" write "$(_dev open)" --size 512K --buffered && hibernate
}

nothing_called() {
	_attr_is waiting state configured && _is "device of 'waiting'" "$(_attr waiting device)" '' &&
		_attr_is open state started && _is "calls but of write" \
		"$(_event_fields dumpflt_filter_call callback | grep -vx write)" '' &&
		_is sessions "$(_events dumpflt_session | wc -l)" 0
}

ended() {
	"$HELPERS/pattern" write "$(_dev open)" --offset 512K --size 512K && _session open finish &&
		_attr_is open state complete && _session open read &&
		"$HELPERS/pattern" verify "$(_dev open)" --size 1M && _session open finish
}

# By hand, which is how there can be one
by_hand() {
	_live waiting 1 && _dump waiting --size 64K && hibernate && _dump waiting --size 128K &&
		_attr_is waiting state complete && _is type "$(cat "$(_sysfs waiting)/type")" hibernation
}

_have "$POWER/pm_test"
_test_begin 4
_load
_stack_create waiting "$(_null_blk size=1)" type=hibernation
_filter_add waiting 10-template
_stack_create open "$(_null_blk size=1)"
_filter_add open 10-template
_filter_add open 20-trace
ktap_test_result "the machine begins to hibernate in the middle of a dump" in_a_session
_events_stop
ktap_test_result "no stack is loaded, unloaded, begun or ended (C18)" nothing_called
ktap_test_result "the dump goes on, is complete and is read back (D7)" ended
ktap_test_result "a hibernation stack that was loaded by hand stays as well (C5, C62)" by_hand
_test_end
