#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_06.sh: that a target is silent is said while there is time to do something,
# whoever waits for it, the core itself included (C50).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

lines() {
	dmesg | grep -c 's0: the target has not answered for [0-9]* ms; the dump fails if that lasts for 5000 ms'
}

# said <session command>: after half of timeout_ms, and once
said() {
	lines_before=$(lines)
	dmsetup suspend --nolockfs "stuck$$"
	_set_fails ETIMEDOUT "$1" "$DUMPFLT_CONFIG/s0/session" &
	waiter=$!
	usleep 4000000
	in_time=$(($(lines) - lines_before))
	wait "$waiter"
	said_status=$?
	in_all=$(($(lines) - lines_before))
	dmsetup resume "stuck$$"
	[ "$said_status" = 0 ] && _is "lines after 4 of 5 s" "$in_time" 1 && _is "lines in all" "$in_all" 1 &&
		_soon 5 _session s0 start && _session s0 abort
}

# Eight times in the middle of the writes, at whatever it is just doing: chunks, or the records
# that every second one fills
in_between() {
	_session s0 start || return 1
	"$HELPERS/pattern" write "$(_dev s0)" --size 8M --block 64K --threads 16 >"$TEST_TMP/writer" 2>&1 &
	writer=$!
	between_status=0
	for nr in 1 2 3 4 5 6 7 8; do
		usleep $((250000 + nr * 17000))
		dmsetup suspend --nolockfs "stuck$$"
		usleep 1200000
		read -r silent_ms <"$(_sysfs s0)/silent_ms"
		dmsetup resume "stuck$$"
		if [ "$silent_ms" -lt 600 ] || [ "$silent_ms" -ge 5000 ]; then
			echo "after 1200 ms silent_ms was $silent_ms, in round $nr"
			between_status=1
		fi
	done
	wait "$writer" && [ "$between_status" = 0 ] && _session s0 finish && _attr_is s0 state complete &&
		_attr_is s0 last_error ''
}

at_finish() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 128K && said finish
}

_test_begin 3
_load
disk=$(_null_blk size=16 cache_size=1 irqmode=2 completion_nsec=40000000 hw_queue_depth=1 submit_queues=1)
echo 2 >"/sys/block/${disk##*/}/queue/nomerges"
_area_format "$disk" --slots 1 --record-size 2048 --overwrite >/dev/null
_area_stack s0 "$(_dm "stuck$$" "0 32768 linear $disk 0")"
_live s0 1
ktap_test_result "silent when a dump begins: it is said" said start
ktap_test_result "silent when it ends: it is said" at_finish
ktap_test_result "silent in the middle, again and again: for how long can be read" in_between
_test_end
