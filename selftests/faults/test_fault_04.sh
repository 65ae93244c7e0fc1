#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_fault_04.sh: every kind of fault in a read callback: the reader gets no
# data of that read, the target is as before (C42, C45, C49).
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

fault_read() {
	"$HELPERS/pattern" verify "$(_dev f)" --block 64K "$@"
}

run() {
	_dump f --size "${FAULT_KIB}K" --block 64K &&
		_raw_save "$FAULT_DISK" "$TEST_TMP/before" &&
		_session f read || return 1
	_fails 'read failed.* at 131072: Input/output error' fault_read --size 512K || return 1
	_set_fails "$1" finish "$DUMPFLT_CONFIG/f/session" &&
		_attr_is f state failed &&
		_last_error_has f "^filter 'fault': read of 65536 bytes at 131072:? $2" &&
		_calls_are 30-template read 3 0 &&
		_calls_are 20-fault read 3 1 &&
		_calls_are 10-trace read 2 0 &&
		_calls_are 20-fault finish 2 0 &&
		_calls_are 10-trace finish 2 0 &&
		_raw_same "$FAULT_DISK" "$TEST_TMP/before" || return 1
	# The fault is over: the whole dump can be read
	_session f read && fault_read --size "${FAULT_KIB}K" && _session f finish &&
		_attr_is f state live
}

# fault <mode> <errno name> <words> [<option=value>]...
fault() {
	mode=$1 name=$2 words=$3
	shift 3
	_fault_stack "mode=$mode" at=read call=3 "$@" && run "$name" "$words"
	fault_status=$?
	_fault_stack_gone && return "$fault_status"
}

_test_begin 9
_load
FAULT_DISK=$(_null_blk size=1)

for row in 'error:EMSGSIZE:failed:errno=90' 'positive:EPROTO:returned a positive value' \
	'length:EPROTO:changed the length' 'offset:EPROTO:changed the offset' \
	'foreign:EPROTO:set a buffer in a read' 'nrsegs:EPROTO:changed the segments' \
	'descriptor:EPROTO:changed the segments' 'ext:EPROTO:wrote to its extension' \
	'sleep:EPROTO:slept'; do
	IFS=: read -r kind errno words option <<-ROW
		$row
	ROW
	ktap_test_result "a read with fault '$kind' fails, the reader gets nothing (C42, C45, C49)" \
		fault "$kind" "$errno" "$words" ${option:+"$option"}
done
_test_end
