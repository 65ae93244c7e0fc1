#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_fault_02.sh: every kind of fault in a start callback: no dump begins, who
# had started gets finish, the next start works (C31, C45, C49, C55, C56, D5).
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

run() {
	_set_fails "$1" start "$DUMPFLT_CONFIG/f/session" &&
		_attr_is f state failed &&
		_attr_is f 20-fault/state failed &&
		_last_error_has f "^filter 'fault': start:? $2" &&
		_calls_are 20-fault start 1 1 || return 1
	_fails 'Input/output error' _fault_write --size 64K || return 1
	# Before it in the list: started, so finished. It itself: not started
	_calls_are 10-trace start 1 0 &&
		_calls_are 10-trace finish 1 0 &&
		_calls_are 20-fault finish 0 0 &&
		_calls_are 20-fault write 0 0 &&
		_raw_filled "$FAULT_DISK" 0 "$FAULT_KIB" || return 1
	_set_fails EINVAL finish "$DUMPFLT_CONFIG/f/session" || return 1
	# The fault is over, so the same stack can dump
	_dump f --size 256K --block 64K && _attr_is f state complete
}

# fault <mode> <errno name> <words> [<option=value>]...
fault() {
	mode=$1 name=$2 words=$3
	shift 3
	_fault_stack "mode=$mode" at=start "$@" && run "$name" "$words"
	fault_status=$?
	_fault_stack_gone && return "$fault_status"
}

_test_begin 4
_load
FAULT_DISK=$(_null_blk size=1)

for row in 'error:ENODEV:failed:errno=19' 'positive:EPROTO:returned a positive value' \
	'ext:EPROTO:wrote to its extension' 'sleep:EPROTO:slept'; do
	IFS=: read -r kind errno words option <<-ROW
		$row
	ROW
	ktap_test_result "a start with fault '$kind' begins no dump (C31, C45, C49, C56)" \
		fault "$kind" "$errno" "$words" ${option:+"$option"}
done
_test_end
