#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_late_03.sh: a write that was begun before the end of a dump, and had not come to the
# stack by then, is waited for, whoever reads besides: it is in the dump, or there is no
# dump (F1).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

LATE=/sys/module/holdup/parameters/ms

# slow_reader <name>: reads get slow, writes do not; somebody waits for one, so that the end waits for
# no others
slow_reader() {
	slow=$(_dm "$1" "0 8192 linear $disk 0") || return 1
	_stack_create s0 "$slow" timeout_ms=5000 && _filter_add s0 10-trace && _live s0 1 && _session s0 start &&
		dmsetup load "$1" --table "0 8192 delay $disk 0 8000 $disk 0 0" &&
		dmsetup suspend --nolockfs "$1" && dmsetup resume "$1" || return 1
	dd if="$(_dev s0)" of=/dev/null bs=4k skip=900 count=1 iflag=direct 2>/dev/null &
	reader=$!
	usleep 300000
}

# finish <delay> [bytes]: a chunk is written, the next one is begun and late
finish() {
	slow_reader "late$$-$1-${2-}" && "$HELPERS/pattern" write "$(_dev s0)" --size 64K && echo "$1" >"$LATE" || return 1
	"$HELPERS/pattern" write "$(_dev s0)" --offset 64K --size 4K --block 4K >/dev/null 2>&1 &
	writer=$!
	usleep 300000
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" "finish${2:+ $2}" 2>/dev/null)
	finish_state=$(_attr s0 state)
	wait "$writer"
	written=$?
	wait "$reader"
	_is "delays that are left" "$(cat "$LATE")" 0
}

# Of a writer that says how much it has written, and one that does not
in_time() {
	finish 2000 "$@" && _is "what finish says" "$said" '' && _is state "$finish_state" complete &&
		_is "exit status of the late writer" "$written" 0 && _attr_is s0 state complete &&
		"$HELPERS/pattern" verify "$disk" --size 68K --block 4K
}

too_late() {
	finish 7000 && _is "what finish says" "$said" ETIMEDOUT && _is state "$finish_state" failed &&
		[ "$written" != 0 ]
}

_have_module holdup
_have_module dm-delay
[ "$(nproc)" -gt 1 ] || ktap_skip_all "one CPU cannot be held up while another one goes on"
_test_begin 3
_load
_modprobe dm-delay
_modprobe holdup symbol=dumpflt_lane_choose
disk=$(_null_blk size=4)
ktap_test_result "within timeout_ms" _alone s0 in_time
ktap_test_result "within timeout_ms, with its length" _alone s0 in_time 69632
ktap_test_result "later than timeout_ms" _alone s0 too_late
_test_end
