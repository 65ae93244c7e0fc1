#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_fault_03.sh: every kind of fault in a finish callback: the others' finish
# and the flush still run, the dump is failed, never complete (C49, C52, F2, F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/raw.sh
. "$SELFTESTS/lib/raw.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"
# What a kernel with DEBUG_ATOMIC_SLEEP says of the fault 'sleep'
export DMESG_EXPECT='scheduling in a non-blocking section|Call Trace'
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

run() {
	_session f start && _fault_write --size 256K || return 1
	_events_on dumpflt/dumpflt_flush dumpflt/dumpflt_filter_call
	_set_fails "$1" finish "$DUMPFLT_CONFIG/f/session" || return 1
	order=$(_events | sed 's/.*filter=\([a-z]*\) callback=\([a-z]*\).*/\1 \2/; s/.*dumpflt_flush.*/flush/')
	_events_off
	[ "$order" = "$(printf 'fault finish\ntrace finish\nflush')" ] || {
		echo "what ran after the write: $order"
		return 1
	}
	_attr_is f state failed &&
		_last_error_has f "^filter 'fault': finish:? $2" &&
		_calls_are 05-fault finish 1 1 &&
		_calls_are 10-trace finish 1 0 || return 1
	# It counts as finished: nothing more of that dump (C33)
	_fails 'Input/output error' _fault_write --offset 512K --size 64K &&
		_raw_filled "$FAULT_DISK" 256 $((FAULT_KIB - 256)) &&
		_dump f --size 256K --block 64K && _attr_is f state complete
}

# fault <mode> <errno name> <words> [<option=value>]...
fault() {
	mode=$1 name=$2 words=$3
	shift 3
	_fault_stack "mode=$mode" at=finish "$@" && run "$name" "$words"
	fault_status=$?
	_fault_stack_gone && return "$fault_status"
}

_test_begin 4
_load
FAULT_DISK=$(_null_blk size=1)
# Before the other one that has a finish
FAULT_NUMBER=05

for row in 'error:ENODEV:failed:errno=19' 'positive:EPROTO:returned a positive value' \
	'ext:EPROTO:wrote to its extension' 'sleep:EPROTO:slept'; do
	IFS=: read -r kind errno words option <<-ROW
		$row
	ROW
	ktap_test_result "a finish with fault '$kind' fails the dump, others finish, flush is sent (C52, F2, F6)" \
		fault "$kind" "$errno" "$words" ${option:+"$option"}
done
_test_end
