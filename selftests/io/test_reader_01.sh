#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reader_01.sh: who reads the stack device while a dump is written harms himself at
# most: a bad sector, a read that is never answered, a filter that cannot read (F1, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# A buffered read of good sectors, whose read-ahead meets bad ones
read_ahead() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 256K &&
		dd if="$(_dev s0)" of=/dev/null bs=4k skip=248 count=12 2>/dev/null
	usleep 300000
	_session s0 finish && _attr_is s0 state complete && _attr_is s0 last_error ''
}

bad_sector() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 256K || return 1
	_fails 'Input/output error' dd if="$(_dev s0)" of=/dev/null bs=64k skip=17 count=1 iflag=direct || return 1
	_session s0 finish && _attr_is s0 state complete
}

# In a session that reads a dump back a read that fails is what it is about
read_back() {
	_session s0 read || return 1
	_fails 'Input/output error' dd if="$(_dev s0)" of=/dev/null bs=64k skip=17 count=1 iflag=direct || return 1
	_set_fails EIO finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed
}

# A filter's own error in somebody's read
filter() {
	_stack_create s1 "$other" && _filter_add s1 10-fault mode=error at=read every=1 && _live s1 1 &&
		_session s1 start && "$HELPERS/pattern" write "$(_dev s1)" --size 256K || return 1
	_fails 'Input/output error' dd if="$(_dev s1)" of=/dev/null bs=64k count=1 iflag=direct || return 1
	_session s1 finish && _attr_is s1 state complete
}

# The reads get slow, the writes do not: finish does not wait for the reader
slow_reads() {
	_modprobe dm-delay || return 1
	slow=$(_dm "slow$$" "0 8192 linear $other 0") || return 1
	_stack_create s1 "$slow" timeout_ms=2000 && _filter_add s1 10-template && _live s1 1 &&
		_session s1 start && dmsetup load "slow$$" --table "0 8192 delay $other 0 6000 $other 0 0" &&
		dmsetup suspend --nolockfs "slow$$" && dmsetup resume "slow$$" || return 1
	dd if="$(_dev s1)" of=/dev/null bs=4k skip=100 count=1 iflag=direct 2>/dev/null &
	reader=$!
	usleep 200000
	"$HELPERS/pattern" write "$(_dev s1)" --size 256K && _session s1 finish && _attr_is s1 state complete
	slow_status=$?
	# it is not torn down under the reader
	[ "$slow_status" != 0 ] || _set_fails EBUSY 0 "$DUMPFLT_CONFIG/s1/live" || slow_status=1
	wait "$reader"
	return "$slow_status"
}

_have_module dm-delay
_test_begin 5
_load
disk=$(_null_blk size=4)
other=$(_null_blk size=4)
_stack_create s0 "$(_dm_fails_from "bad$$" "$disk" 2176)"
_live s0 1
ktap_test_result "read-ahead into bad sectors" read_ahead
ktap_test_result "a read of a bad sector" bad_sector
ktap_test_result "in a read-back the same read fails the session" read_back
ktap_test_result "a filter that fails to read" _alone s1 filter
ktap_test_result "a read that takes longer than timeout_ms" _alone s1 slow_reads
_test_end
