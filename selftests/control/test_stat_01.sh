#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_stat_01.sh: the counters add up with what was written and with the
# tracepoints, and what sysfs says is what configfs says (C60, C61).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"

# "calls bytes errors" of one callback, out of the stat and out of the events
stat_says() {
	echo "$(_stat f "$1" "$2" calls) $(_stat f "$1" "$2" bytes) $(_stat f "$1" "$2" errors)"
}

events_say() {
	_event_fields "filter=${1#*-} callback=$2 " len ret | awk '
		{ calls++ }
		$2 { errors++ }
		!$2 { bytes += $1 }
		END { print calls + 0, bytes + 0, errors + 0 }'
}

dumps() {
	_dump f --size 1M --block 64K && _session f read &&
		"$HELPERS/pattern" verify "$(_dev f)" --size 512K --block 64K && _session f finish || return 1
	_session f start && _fails 'Input/output' _fault_write --size 1M &&
		_set_fails EMSGSIZE finish "$DUMPFLT_CONFIG/f/session"
}

add_up() {
	for name in 10-trace 20-fault 30-template; do
		for callback in start write read finish; do
			_is "$callback of $name" "$(stat_says "$name" "$callback")" \
				"$(events_say "$name" "$callback")" || return 1
		done
	done
}

values() {
	_is write "$(stat_says 20-fault write)" "20 $((19 * 65536)) 1" &&
		_is read "$(stat_says 30-template read)" "8 524288 0" &&
		_is start "$(stat_says 10-trace start)" "3 0 0" && [ "$(_stat f 30-template write ns)" -gt 0 ]
}

attr() {
	_is "$1" "$(cat "$(_sysfs f)/$1")" "$2"
}

stack_attrs() {
	attr stack f && attr type crash && attr target "$disk" && attr session 3 && attr state failed &&
		attr dump_bytes $((3 * 65536)) &&
		attr last_error "$(_last_error f)" && _is fields "$(find "$(_sysfs f)" -maxdepth 1 | wc -l)" 15
}

filter_attrs() {
	attr 10-trace/flags 'read concurrent' && attr 30-template/flags 'critical read bounce concurrent' &&
		attr 20-fault/flags read && attr 20-fault/max_pages 16 && attr 10-trace/state ready &&
		attr 10-trace/last_error '' &&
		attr 20-fault/last_error 'write of 65536 bytes at 196608 failed: -EMSGSIZE (-90)'
}

sessions() {
	_same_lines "$(printf 'start 0\nfinish 0\nread 0\nfinish 0\nstart 0\nfinish -90')" \
		_event_fields dumpflt_session what ret && _same_lines "$(printf '0\n0')" \
		_event_fields dumpflt_flush ret
}

# They begin anew when the stack goes live
fresh() {
	_live f 0 && _live f 1 && _is write "$(stat_says 20-fault write)" "0 0 0" && attr session 0 &&
		attr dump_bytes 0 && attr last_error ''
}

_test_begin 7
_load
disk=$(_null_blk size=1)
_stack_create f "$disk"
_filter_add f 10-trace
_filter_add f 20-fault mode=error at=write call=20 errno=90
_filter_add f 30-template
_live f 1
_events_on dumpflt/dumpflt_filter_call dumpflt/dumpflt_session dumpflt/dumpflt_flush
ktap_test_result "a dump, a read-back and a dump that fails" dumps
_events_stop
ktap_test_result "the counters are those of the trace (C60)" add_up
ktap_test_result "and what was written and read (C60)" values
ktap_test_result "sysfs of the stack (C60)" stack_attrs
ktap_test_result "sysfs of its filters, with the last error (C60, C61)" filter_attrs
ktap_test_result "the events of sessions and flushes (C60)" sessions
ktap_test_result "they begin anew with live" fresh
_test_end
