#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reader_02.sh: who reads from a silent part of the target can hold all requests of
# the stack device. A write that waits behind them is waited for, and is in the dump, or
# there is none; without one the dump is complete, although they still read (F1, F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

_reads() {
	read -r reading _ <"/sys/block/$(_attr s0 device)/inflight"
	_is reads "$reading" "$1"
}

# begin <readers>: a dump is written, and then they wait for a silent part of the target
begin() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --offset 2M --size 64K &&
		dmsetup suspend --nolockfs "inner$$" || return 1
	readers=
	nr=0
	while [ "$nr" -lt "$1" ]; do
		# too far apart to become one
		dd if="$(_dev s0)" of=/dev/null bs=4k skip=$((nr * 3)) count=1 iflag=direct 2>/dev/null &
		readers="$readers $!"
		nr=$((nr + 1))
	done
	_soon 5 _reads "$1"
}

begin_write() {
	begin "$depth" || return 1
	"$HELPERS/pattern" write "$(_dev s0)" --offset 3M --size 64K >"$TEST_TMP/writer" 2>&1 &
	writer=$!
	usleep 300000
	kill -0 "$writer"
}

answer() {
	dmsetup resume "inner$$"
	# shellcheck disable=SC2086 # a list
	wait $readers
}

in_time() {
	begin_write || return 1
	{ usleep 1200000; dmsetup resume "inner$$"; } &
	back=$!
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish 2>/dev/null)
	_attr_is s0 state complete
	time_status=$?
	wait "$writer" || { cat "$TEST_TMP/writer"; time_status=1; }
	wait "$back"
	# shellcheck disable=SC2086 # a list
	wait $readers
	[ "$time_status" = 0 ] && _is "what finish says" "$said" '' && _attr_is s0 state complete &&
		"$HELPERS/pattern" verify "/dev/mapper/outer$$" --offset 3M --size 64K
}

too_late() {
	begin_write || return 1
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish 2>/dev/null)
	late_state=$(_attr s0 state)
	answer
	! wait "$writer" || { echo "the write that was left has succeeded"; return 1; }
	_is "what finish says" "$said" ETIMEDOUT && _is state "$late_state" failed &&
		_last_error_has s0 'has not answered reads besides the dump for 3000 ms' && _soon 5 _session s0 start && _session s0 abort
}

no_write() {
	begin "$1" || return 1
	_session s0 finish && _attr_is s0 state complete && _attr_is s0 last_error ''
	none_status=$?
	answer
	return "$none_status"
}

# One more waits for a request: that it is no write cannot be seen
one_more() {
	begin "$depth" || return 1
	dd if="$(_dev s0)" of=/dev/null bs=4k skip=$((depth * 3)) count=1 iflag=direct 2>/dev/null &
	readers="$readers $!"
	usleep 300000
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish 2>/dev/null)
	more_state=$(_attr s0 state)
	_last_error_has s0 'has not answered reads besides the dump for 3000 ms, and writes may wait behind them'
	more_status=$?
	answer
	[ "$more_status" = 0 ] && _is "what finish says" "$said" ETIMEDOUT && _is state "$more_state" failed &&
		_soon 5 _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 64K && _session s0 finish &&
		_attr_is s0 state complete
}

_test_begin 5
_load
b=$(_null_blk size=4)
inner=$(_dm "inner$$" "0 4096 linear $(_null_blk size=4) 0")
_stack_create s0 "$(_dm "outer$$" "0 4096 linear $inner 0
4096 4096 linear $b 0")" timeout_ms=3000
_filter_add s0 10-trace
_live s0 1
depth=$(cat "/sys/block/$(_attr s0 device)/queue/nr_requests")
ktap_test_result "a write waits behind $depth reads, and gets through" in_time
ktap_test_result "a write waits behind $depth reads for too long: there is no dump" too_late
ktap_test_result "$depth reads and no write: complete" no_write "$depth"
ktap_test_result "one read and no write: complete" no_write 1
ktap_test_result "more reads than requests: nobody knows whether one is a write, and there is no dump" one_more
_test_end
