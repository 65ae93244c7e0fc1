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

# soil <name>: a page in each of 15 pieces of the device that does not answer now. A new disk has so
# little room for dirty pages that they would be on it at once
soil() {
	dmsetup suspend --nolockfs "$1" || return 1
	for nr in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
		dd if=/dev/zero of="/dev/mapper/$1" bs=4k count=1 seek=$((nr * 256)) conv=notrunc 2>/dev/null || return 1
	done
}

# starts <stack>: what it says in $said, and how long it takes in $took
starts() {
	read -r begin _ </proc/uptime
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/$1/session" start 2>/dev/null)
	read -r end _ </proc/uptime
	took=$((${end%.*} - ${begin%.*}))
}

finishes() {
	"$HELPERS/pattern" write "$(_dev "$1")" --size 64K && _session "$1" finish && _attr_is "$1" state complete &&
		_attr_is "$1" last_error ''
}

next() { _session "$1" start && finishes "$1"; }

# One answer in 700 ms, with a deadline of 3 s
slow() {
	soil "slow$$" && dmsetup resume "slow$$" && starts s0 && _is "what start says" "$said" '' && finishes s0 || return 1
	[ "$took" -gt 4 ] || { echo "start took $took s: nothing is shown"; return 1; }
}

silent() {
	soil "stuck$$" && starts s1
	silent_status=$?
	dmsetup resume "stuck$$"
	[ "$silent_status" = 0 ] && _is "what start says" "$said" ETIMEDOUT && _attr_is s1 state failed &&
		_last_error_has s1 '^start: the target has not taken what is in its own page cache' || return 1
	[ "$took" -le 5 ] || { echo "start took $took s"; return 1; }
}

_test_begin 3
_load
disk=$(_null_blk size=16 irqmode=2 completion_nsec=700000000 hw_queue_depth=1 submit_queues=1)
_stack_create s0 "$(_dm "slow$$" "0 32768 linear $disk 0")" timeout_ms=3000
_live s0 1
ktap_test_result "fifteen pages that take three times the deadline" slow
_stack_create s1 "$(_dm "stuck$$" "0 32768 linear $(_null_blk size=16) 0")" timeout_ms=2000
_live s1 1
ktap_test_result "pages that a silent target does not take" silent
ktap_test_result "the next dump is complete" _soon 20 next s1
_test_end
