#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_crit_01.sh: init failures, critical and not (C3, C9-C12, C22,
# C53, D4).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

# stack <critical in the configuration> <option of fault>...
stack() {
	critical=$1
	shift
	_stack_create s0 "$disk" && _filter_add s0 10-trace && _filter_add s0 15-template &&
		_filter_add s0 20-fault "$@" && _filter_add s0 30-add &&
		_set "$critical" "$DUMPFLT_CONFIG/s0/20-fault/critical" || return 1
	_events_on dumpflt/dumpflt_filter_call
}

unloads() {
	_event_fields callback=unload filter | tr '\n' ' '
}

# end <expected unloads>: and what remains of the stack
end() {
	end_status=$?
	_is "unload calls" "$(unloads)" "$1" || end_status=1
	_events_off
	_remove_stack s0 && _forget stack s0 && return "$end_status"
}

# fails <critical> <errno name> <words> <option>...
fails() {
	critical=$1 errno=$2 words=$3
	shift 3
	{
		stack "$critical" "$@" && _set_fails "$errno" 1 "$DUMPFLT_CONFIG/s0/live" &&
			_attr_is s0 state configured && _attr_is s0 20-fault/state failed &&
			_last_error_has s0 "^filter 'fault': init failed: $words" &&
			[ ! -e /sys/block/dumpflt0 ] && dd if=/dev/zero of="$disk" bs=4k count=1 2>/dev/null
	}
	end 'template trace '
}

# left_out <option>...: the rest of the stack works
left_out() {
	{
		stack 0 "$@" && _live s0 1 && _attr_is s0 20-fault/state left-out &&
			_attr_is s0 10-trace/state ready && _attr_is s0 30-add/state ready &&
			_last_error_has s0 "^filter 'fault': init failed: " &&
			[ ! -e "$(_sysfs s0)/20-fault" ] && _dump s0 --size 256K --block 64K &&
			_attr_is s0 state complete && _is calls "$(_stat s0 30-add write calls)" 4 &&
			_session s0 read &&
			"$HELPERS/pattern" verify "$(_dev s0)" --size 256K && _session s0 finish &&
			_is calls "$(_event_fields filter=fault callback | wc -l)" 0 &&
			_live s0 0
	}
	end "add template trace "
}

# Asked for something that it does not get: init had succeeded, so unload is owed
left_out_late() {
	{
		stack 0 "$@" && _live s0 1 && _attr_is s0 20-fault/state left-out && _live s0 0
	}
	end 'fault add template trace '
}

_test_begin 8
_load
disk=$(_null_blk size=1)

ktap_test_result "a filter that says it is critical fails the stack (C9-C11, C22)" \
	fails 0 ENOMEM 'as the options' mode=error at=init errno=12 critical=1
ktap_test_result "a filter that the configuration calls critical fails the stack (C9, C11)" \
	fails 1 ENOMEM 'as the options' mode=error at=init errno=12
ktap_test_result "the filter says so and the init data is wrong: read even then (C10)" \
	fails 0 EINVAL "mode=error at=nowhere|at: no callback 'nowhere'" mode=error at=nowhere critical=1
ktap_test_result "an init that returns a positive value has failed (C11)" \
	fails 1 EPROTO 'returned 12, which is no errno|as the options' mode=positive at=init errno=12
ktap_test_result "one that is not critical is left out, the rest works (C9, C12)" \
	left_out mode=error at=init
ktap_test_result "the same with a wrong option: unload is called (C9, C12, C53)" left_out_late kind=error
ktap_test_result "the same with an answer that is not accepted: unload is called (C9, C12, C53)" \
	left_out_late chunk_meta=16
ktap_test_result "a slow init is no failure (C3)" \
	eval "stack 1 mode=sleep at=init ms=20 && _live s0 1 && _live s0 0; end 'add fault template trace '"
_test_end
