#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reader_03.sh: who waits for a request to be free, to read, when the end of a dump
# begins, is not waited for afterwards: the dump is complete, although he still reads (F1, F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

LATE=/sys/module/holdup/parameters/ms

_writes() {
	read -r _ writing <"/sys/block/$(_attr s0 device)/inflight"
	_is writes "$writing" "$1"
}

# The writes have all requests; they are answered together, and the read is not. It gets its request
# when the first of them is over, and is counted 800 ms later, when all are: or at once. It keeps its CPU
# meanwhile, so that nobody else who matters is to be there
late_reader() {
	_session s0 start && dmsetup suspend --nolockfs "write$$" && dmsetup suspend --nolockfs "read$$" || return 1
	"$HELPERS/pattern" write "$(_dev s0)" --size "$((depth * 4))K" --block 4K --threads "$depth" >"$TEST_TMP/writer" 2>&1 &
	writer=$!
	_soon 10 _writes "$depth" || return 1
	echo "$1" >"$LATE"
	taskset 2 dd if="$(_dev s0)" of=/dev/null bs=4k skip=256 count=1 iflag=direct 2>/dev/null &
	reader=$!
	usleep 1000000
	{ usleep 1000000; dmsetup resume "write$$"; } &
	back=$!
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish 2>/dev/null)
	late_state=$(_attr s0 state)
	dmsetup resume "read$$"
	wait "$writer" || { cat "$TEST_TMP/writer"; return 1; }
	wait "$reader" "$back"
	_is "delays that are left" "$(cat "$LATE")" 0 && _is "what finish says" "$said" '' &&
		_is state "$late_state" complete && _attr_is s0 last_error ''
}

_have_module holdup
[ "$(nproc)" -gt 1 ] || ktap_skip_all "one CPU cannot be held up while another one goes on"
_test_begin 2
_load
taskset -p 1 "$$" >/dev/null
_modprobe holdup symbol=dumpflt_lane_choose
write=$(_dm "write$$" "0 2048 linear $(_null_blk size=1) 0")
read=$(_dm "read$$" "0 2048 linear $(_null_blk size=1) 0")
_stack_create s0 "$(_dm "both$$" "0 2048 linear $write 0
2048 2048 linear $read 0")" timeout_ms=4000 max_pages=1
_filter_add s0 10-trace
_live s0 1
read -r depth <"/sys/block/$(_attr s0 device)/queue/nr_requests"
ktap_test_result "a reader" late_reader 0
ktap_test_result "a reader who is counted late" late_reader 800
_test_end
