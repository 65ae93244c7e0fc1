#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_02.sh: silent is not lost, and slow is not silent: a target that comes back
# within timeout_ms costs no dump, one that always goes on a bit neither (C50, F1, F4).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

silent() { dmsetup suspend --nolockfs "stuck$$"; }
answers() { dmsetup resume "stuck$$"; }

# Silent for a while, in the middle of the writes or at finish
comes_back() {
	_session f start || return 1
	[ "$1" = finish ] || silent
	"$HELPERS/pattern" write "$(_dev f)" --size 256K >"$TEST_TMP/writer" 2>&1 &
	writer=$!
	if [ "$1" = finish ]; then
		wait "$writer" || return 1
		silent
	fi
	{ usleep 4000000; answers; } &
	back=$!
	[ "$1" = finish ] || wait "$writer" || return 1
	_session f finish
	comes_status=$?
	wait "$back"
	[ "$comes_status" = 0 ] && _attr_is f state complete && _attr_is f last_error ''
}

# It is said that it is silent, and for how long
reported() {
	_session f start && silent || return 1
	"$HELPERS/pattern" write "$(_dev f)" --size 64K >"$TEST_TMP/writer" 2>&1 &
	usleep 2500000
	read -r silent_ms <"$(_sysfs f)/silent_ms"
	answers
	wait "$!"
	usleep 300000
	read -r later <"$(_sysfs f)/silent_ms"
	[ "$silent_ms" -ge 1500 ] && [ "$silent_ms" -lt 8000 ] && _is "silent_ms when it has answered" "$later" 0 &&
		_session f finish && _attr_is f state complete
}

# 32 requests at once, 250 ms each and one after the other: 8 s, with a deadline of 3
slow() {
	_stack_create s1 "$slow" timeout_ms=3000 max_pages=1 && _live s1 1 && _session s1 start || return 1
	"$HELPERS/pattern" write "$(_dev s1)" --size 128K --block 4K --threads 32 >"$TEST_TMP/writer" 2>&1 &
	writer=$!
	usleep 300000
	_session s1 finish
	slow_status=$?
	wait "$writer" && [ "$slow_status" = 0 ] && _attr_is s1 state complete
}

# A filter that takes its time is not the target's silence
filter() {
	_stack_create s1 "$healthy" timeout_ms=1000 max_pages=1 && _filter_add s1 10-fault mode=delay at=write every=1 ms=400 &&
		_live s1 1 && _session s1 start || return 1
	"$HELPERS/pattern" write "$(_dev s1)" --size 32K --block 4K --threads 8 || return 1
	_session s1 finish && _attr_is s1 state complete && _attr_is s1 last_error ''
}

# Others of its lane may be ready meanwhile, and not sent to the target yet
not_sent() {
	_stack_create s1 "$healthy" timeout_ms=300 max_pages=1 && _filter_add s1 10-fault mode=delay at=write every=1 ms=1500 &&
		_live s1 1 && _session s1 start || return 1
	"$HELPERS/pattern" write "$(_dev s1)" --size 16K --block 4K --threads 4 &
	writer=$!
	sent_status=0
	for _ in 1 2 3 4 5 6 7 8 9; do
		usleep 500000
		read -r silent_ms <"$(_sysfs s1)/silent_ms"
		[ "$silent_ms" -lt 300 ] || { echo "silent_ms is $silent_ms"; sent_status=1; }
	done
	wait "$writer" && [ "$sent_status" = 0 ] && _session s1 finish && _attr_is s1 state complete &&
		_attr_is s1 last_error ''
}

# For ever: that is the end, once, and not once for each thing that is left to do
for_ever() {
	_set 0 "$DUMPFLT_CONFIG/f/live" && _set 1500 "$DUMPFLT_CONFIG/f/timeout_ms" && _live f 1 &&
		_session f start && "$HELPERS/pattern" write "$(_dev f)" --size 128K && silent || return 1
	read -r begin _ </proc/uptime
	_set_fails ETIMEDOUT finish "$DUMPFLT_CONFIG/f/session"
	ever_status=$?
	read -r end _ </proc/uptime
	answers
	[ "$ever_status" = 0 ] && _attr_is f state failed &&
		_last_error_has f "has not answered for 1500 ms" || return 1
	[ "$((${end%.*} - ${begin%.*}))" -le 4 ] || { echo "finish took from $begin to $end s"; return 1; }
}

next_dump() {
	_soon 10 _session f start && "$HELPERS/pattern" write "$(_dev f)" --size 128K && _session f finish &&
		_area_is "$disk" 0 COMPLETE
}

_test_begin 8
_load
disk=$(_null_blk size=16 cache_size=1)
healthy=$(_null_blk size=1)
_area_format "$disk" --slots 1 --overwrite >/dev/null
_area_stack f "$(_dm "stuck$$" "0 32768 linear $disk 0")"
_set 10000 "$DUMPFLT_CONFIG/f/timeout_ms"
_filter_add f 10-digest
_live f 1
ktap_test_result "silent for a while during the writes: complete" comes_back write
ktap_test_result "silent for a while at finish: complete" comes_back finish
ktap_test_result "how long it is silent can be read" reported
ktap_test_result "silent for ever: finish ends after one deadline" for_ever
slow=$(_null_blk size=1 irqmode=2 completion_nsec=250000000 hw_queue_depth=1 submit_queues=1)
ktap_test_result "slow, but never silent: complete" _alone s1 slow
ktap_test_result "a slow filter is not blamed on the target" _alone s1 filter
[ "$(nproc)" = 1 ] || _apart
ktap_test_result "nor is one that takes longer than timeout_ms, with writes that are not sent yet" _alone s1 not_sent
ktap_test_result "afterwards the next dump in the area is complete" next_dump
_test_end
