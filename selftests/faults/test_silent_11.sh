#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_11.sh: what somebody has left in the target's own page cache is waited for when a dump
# begins, as long as a slow target gets on with it; a silent one is given up in time (C50, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# soil <device>: a page in each of eight pieces, which nobody else writes
soil() {
	for nr in 0 1 2 3 4 5 6 7; do
		dd if=/dev/zero of="$1" bs=4k count=1 seek=$((nr * 512)) conv=notrunc 2>/dev/null || return 1
	done
}

dump() {
	_session "$1" start && "$HELPERS/pattern" write "$(_dev "$1")" --size 64K && _session "$1" finish &&
		_attr_is "$1" state complete && _attr_is "$1" last_error ''
}

# One answer in 700 ms, with a deadline of 3 s
slow() {
	soil "$1" && read -r begin _ </proc/uptime && dump s0 || return 1
	read -r end _ </proc/uptime
	[ "$((${end%.*} - ${begin%.*}))" -ge 4 ] || { echo "the pages were written before: nothing is shown"; return 1; }
}

silent() {
	soil "$1" && dmsetup suspend --nolockfs --noflush "stuck$$" || return 1
	read -r begin _ </proc/uptime
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/s1/session" start 2>/dev/null)
	read -r end _ </proc/uptime
	dmsetup resume "stuck$$"
	_is "what start says" "$said" ETIMEDOUT && _attr_is s1 state failed &&
		_last_error_has s1 '^start: the target has not taken what is in its own page cache' || return 1
	[ "$((${end%.*} - ${begin%.*}))" -le 5 ] || { echo "start took from $begin to $end s"; return 1; }
}

_test_begin 3
_load
echo 360000 >/proc/sys/vm/dirty_expire_centisecs
echo 0 >/proc/sys/vm/dirty_writeback_centisecs
slow=$(_null_blk size=16 irqmode=2 completion_nsec=700000000 hw_queue_depth=1 submit_queues=1)
_stack_create s0 "$slow" timeout_ms=3000
_live s0 1
ktap_test_result "eight pages that take twice the deadline" slow "$slow"
stuck=$(_dm "stuck$$" "0 32768 linear $(_null_blk size=16) 0")
_stack_create s1 "$stuck" timeout_ms=2000
_live s1 1
ktap_test_result "pages that a silent target does not take" silent "$stuck"
ktap_test_result "the next dump is complete" _soon 20 dump s1
echo 500 >/proc/sys/vm/dirty_writeback_centisecs
echo 3000 >/proc/sys/vm/dirty_expire_centisecs
_test_end
