#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_fault_01.sh: every kind of fault in a write callback: nothing of that
# write or of a later one reaches the target, and the dump has failed
# (C27-C30, C32, C45, C49, C60, F7, D2, D3, D7).
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

# run <errno name> <words of last_error>: two writes pass, the third fails
run() {
	_session f start || return 1
	_fails 'Input/output error' _fault_write --size 512K || return 1
	_fails 'Input/output error' _fault_write --offset 768K --size 64K || return 1
	_set_fails "$1" finish "$DUMPFLT_CONFIG/f/session" &&
		_attr_is f state failed &&
		_last_error_has f "^filter 'fault': write of 65536 bytes at 131072:? $2" &&
		_calls_are 10-trace write 3 0 &&
		_calls_are 20-fault write 3 1 &&
		_calls_are 30-template write 2 0 &&
		_calls_are 20-fault finish 1 0 &&
		_calls_are 10-trace finish 1 0 || return 1
	echo "the target:"
	_raw_same "$FAULT_DISK" "$TEST_TMP/good" 0 128 &&
		_raw_filled "$FAULT_DISK" 128 $((FAULT_KIB - 128))
}

# fault <mode> <errno name> <words> [<option=value>]...
fault() {
	mode=$1 name=$2 words=$3
	shift 3
	_fault_stack "mode=$mode" at=write call=3 "$@" && run "$name" "$words"
	fault_status=$?
	_fault_stack_gone && return "$fault_status"
}

good_dump() {
	_fault_stack && _dump f --size "${FAULT_KIB}K" --block 64K &&
		_attr_is f state complete &&
		_raw_save "$FAULT_DISK" "$TEST_TMP/good" && _fault_stack_gone
}

_test_begin 12
_load
FAULT_DISK=$(_null_blk size=1)

ktap_test_result "without a fault the dump is complete" good_dump
for row in 'error:EMSGSIZE:failed:errno=90' 'positive:EPROTO:returned a positive value' \
	'length:EPROTO:changed the length' 'offset:EPROTO:changed the offset' \
	'foreign:EPROTO:set a buffer that is not its own' \
	'misaligned:EPROTO:set a buffer that is not page aligned' \
	'nrsegs:EPROTO:changed the segments' 'descriptor:EPROTO:changed the segments' \
	'scribble:EPROTO:wrote to the source' 'ext:EPROTO:wrote to its extension' \
	'sleep:EPROTO:slept'; do
	IFS=: read -r kind errno words option <<-ROW
		$row
	ROW
	ktap_test_result "a write with fault '$kind' fails the dump, nothing passes (C27-C30, C32, C45, C49)" \
		fault "$kind" "$errno" "$words" ${option:+"$option"}
done
_test_end
