#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_capture_01.sh: dumpflt capture on a target that falls silent, before there is a
# stack and in the middle of a dump: it ends, says so, leaves behind only what the kernel
# does not let go, and nothing of it once the target answers (F6, F7). And beside it, as this
# takes its time: a dump for which start's deadline is long over.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/capture.sh
. "$SELFTESTS/lib/capture.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

stuck() {
	dmsetup suspend --nolockfs "stuck$$"
}

answers() {
	dmsetup resume "stuck$$"
}

# Who waits for the target in the kernel cannot be killed, and is not waited for
left_behind() {
	_capture_says "most likely for '/dev/mapper/stuck$$', and cannot be ended: it is left behind." || return 1
	left=$(sed -n 's/^ *Process \([0-9]*\) waits.*/\1/p' "$TEST_TMP/out")
	_is "state of process '$left'" "$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$left/status")" D
}

nothing_left() {
	answers && _soon 30 _capture_gone && _soon 30 _no_processes "capture -c $TEST_TMP"
}

# Even reading it to look for a dump area may never end
silent_before() {
	stuck && _captures 1 60 && _capture_failed && left_behind
	silent_before_status=$?
	nothing_left && return "$silent_before_status"
}

silent_within() {
	: >"$TEST_TMP/slow"
	(usleep 2500000 && stuck) &
	_captures 1 90 && _capture_failed && _capture_says 'it hangs: writing the dump took longer than' && left_behind
	silent_within_status=$?
	wait
	rm "$TEST_TMP/slow"
	nothing_left && return "$silent_within_status"
}

# All waits of start together have 80 s, which are no affair of what is written afterwards
slow_begin() {
	slow=$(_null_blk size=4 cache_size=1 irqmode=2 completion_nsec=20000000)
	_area_format "$slow" --slots 1 >/dev/null && _area_stack slow "$slow" && _live slow 1 && _session slow start
	slow_at=$(cut -d. -f1 /proc/uptime)
}

slow_end() {
	slow_left=$((slow_at + 82 - $(cut -d. -f1 /proc/uptime)))
	[ "$slow_left" -le 0 ] || sleep "$slow_left"
	"$HELPERS/pattern" write "$(_dev slow)" --size 100K --block 4K && _session slow finish && _area_is "$slow" 0 COMPLETE
}

_test_begin 6
_load
slow_begin
disk=$(_null_blk size=16 cache_size=1)
_capture_prepare "$(_dm "stuck$$" "0 32768 linear $disk 0")" 10

ktap_test_result "a target that answers: complete" _capture_good
ktap_test_result "silent from the beginning: it ends, and the stack goes when it may" silent_before
ktap_test_result "then the next capture is complete" _capture_good
ktap_test_result "silent in the middle of a dump" silent_within
ktap_test_result "then the next capture is complete" _capture_good
ktap_test_result "a dump that was begun 82 s ago goes on" slow_end
_test_end
