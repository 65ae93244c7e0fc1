#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_08.sh: the end of a session waits for as long as a slow target goes on, also
# for tasks that wait for a free request; all together has an end, and then it is not said
# to be silent, nor is a filter to blame that is just at work (C50, F1).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# slow_disk <nanoseconds>: one request after the other, and neighbours stay as many as they are
slow_disk() {
	slow_path=$(_null_blk size=1 irqmode=2 completion_nsec="$1" hw_queue_depth=1 submit_queues=1) &&
		_set 2 "/sys/block/${slow_path##*/}/queue/nomerges" && echo "$slow_path"
}

# 32 reads at once, 250 ms each: 8 s, with a deadline of 3; 16 of them wait for a free request
read_back() {
	_session s0 read || return 1
	"$HELPERS/pattern" verify "$(_dev s0)" --size 128K --block 4K --threads 32 >"$TEST_TMP/reader" 2>&1 &
	reader=$!
	_soon 5 _in_flight s0
	usleep 300000
	_session s0 finish
	back_status=$?
	wait "$reader" || { cat "$TEST_TMP/reader"; return 1; }
	[ "$back_status" = 0 ] && _attr_is s0 state live && _attr_is s0 last_error ''
}

# 64 writes at once, 1.5 s each, with a deadline of 4: it answers all the time, for 96 s
write_slowly() {
	"$HELPERS/pattern" write "$(_dev s1)" --size 256K --block 4K --threads 64 2>/dev/null
	echo "$?" >"$TEST_TMP/writer"
}

finish_slowly() {
	_soon 20 _in_flight s1 && usleep 1000000
	read -r begin _ </proc/uptime
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s1/session" finish >"$TEST_TMP/said" 2>/dev/null
	read -r end _ </proc/uptime
	echo "$((${end%.*} - ${begin%.*}))" >"$TEST_TMP/took"
}

too_slow() {
	_soon 120 [ -s "$TEST_TMP/took" ] && _soon 60 [ -s "$TEST_TMP/writer" ] || return 1
	took=$(cat "$TEST_TMP/took")
	_is "what finish says" "$(cat "$TEST_TMP/said")" ETIMEDOUT && _is "what the writer says" "$(cat "$TEST_TMP/writer")" 1 &&
		_attr_is s1 state failed && _last_error_has s1 '^finish: the target answers, but too slowly' || return 1
	[ "$took" -ge 78 ] && [ "$took" -le 84 ] && return 0
	echo "finish took $took s"
	return 1
}

_test_begin 2
_load
_stack_create s1 "$(slow_disk 1500000000)" timeout_ms=4000 max_pages=1
_filter_add s1 10-fault mode=delay at=write every=1 ms=400
_live s1 1 && _session s1 start
write_slowly &
finish_slowly &
_stack_create s0 "$(slow_disk 250000000)" timeout_ms=3000 max_pages=1
_live s0 1
_dump s0 --size 128K
ktap_test_result "a read-back with more readers than requests ends well" read_back
ktap_test_result "a dump that goes on for too long has failed by the target, which is not silent" too_slow
_test_end
