#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_loop_02.sh: many dumps on one live stack, live on and off, modules loaded
# and unloaded, and failures in between (C17, C53, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

# Each dump is another one, and is the one that is read back
dumps() {
	for seed in $(seq 15); do
		_dump s0 --size 256K --seed "$seed" && _attr_is s0 state complete &&
			_is dump_bytes "$(cat "$(_sysfs s0)/dump_bytes")" 262144 || return 1
	done
	_session s0 read && "$HELPERS/pattern" verify "$(_dev s0)" --size 256K --seed 15 &&
		_session s0 finish && _is sessions "$(cat "$(_sysfs s0)/session")" 16
}

# A failed dump, then a good one: nothing of the failure stays
after_failure() {
	_live s0 0 && _set "$(printf 'mode=error\nat=write\ncall=2')" "$DUMPFLT_CONFIG/s0/20-fault/options" &&
		_live s0 1 || return 1
	! _dump s0 --size 256K --block 64K 2>/dev/null && _set_fails EIO finish "$DUMPFLT_CONFIG/s0/session" &&
		_attr_is s0 state failed || return 1
	_dump s0 --size 256K --block 64K && _attr_is s0 state complete && _attr_is s0 last_error '' &&
		_is "filter's error" "$(cat "$(_sysfs s0)/20-fault/last_error")" ''
}

# As many unloads as inits, each in its turn
on_and_off() {
	_live s0 0 && _events_on dumpflt/dumpflt_filter_call || return 1
	for _ in $(seq 15); do
		_live s0 1 && _live s0 0 || return 1
	done
	_is unloads "$(_event_fields callback=unload filter | tr '\n' ' ')" \
		"$(for _ in $(seq 15); do printf 'trace fault template '; done)"
	on_off_status=$?
	_events_off
	return "$on_off_status"
}

reload() {
	_remove_stack s0 && _forget stack s0 || return 1
	for _ in $(seq 5); do
		_unload && modprobe dumpflt && _stack_create s0 "$disk" && _filter_add s0 10-template &&
			_live s0 1 && _dump s0 --size 64K && _remove_stack s0 && _forget stack s0 || return 1
	done
}

# A core that is in use stays
not_unloaded() {
	mkdir "$DUMPFLT_CONFIG/pin" && ! rmmod dumpflt 2>/dev/null && rmdir "$DUMPFLT_CONFIG/pin"
}

_test_begin 5
_load
disk=$(_null_blk size=1)
_stack_create s0 "$disk"
_filter_add s0 10-template
_filter_add s0 20-fault
_filter_add s0 30-trace
_live s0 1
ktap_test_result "15 dumps in a row on one stack (C62)" dumps
ktap_test_result "a good dump after a failed one (C62)" after_failure
ktap_test_result "15 times live on and off, an unload for each init (C17, C53)" on_and_off
ktap_test_result "all modules loaded and unloaded 5 times" reload
ktap_test_result "the core cannot be unloaded while a stack is configured" not_unloaded
_test_end
