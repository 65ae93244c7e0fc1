#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_stress_01.sh: 200 stacks that are ended, in four ways, while they are
# written to (C49, C53, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/stress.sh
. "$SELFTESTS/lib/stress.sh"

kill_writer() {
	kill -KILL "$writer" 2>/dev/null
	wait "$writer" 2>/dev/null
	return 0
}

# Whoever had written all of it was not disturbed
was_done() {
	wait "$writer" && echo "$writer" >>"$TEST_TMP/done"
}

# The writer sees that it was too late, or was done
end_of_writer() {
	was_done && return 0
	grep -q 'Input/output error' "$TEST_TMP/writer" && return 0
	cat "$TEST_TMP/writer"
	return 1
}

# What was written so far is a dump; what comes later is refused
finished() {
	_session s0 finish && _attr_is s0 state complete && end_of_writer
}

aborted() {
	_session s0 abort && _attr_is s0 state failed && end_of_writer
}

# Who takes it down has to wait for the writer, not the writer for him
killed() {
	_set_fails EBUSY 0 "$DUMPFLT_CONFIG/s0/live" || was_done 2>/dev/null
	busy_status=$?
	kill_writer
	return "$busy_status"
}

killed_in_finish() {
	kill -KILL "$writer" 2>/dev/null
	_session s0 finish && _attr_is s0 state complete
	killed_status=$?
	kill_writer
	return "$killed_status"
}

begun() {
	for _ in $(seq 1 200); do
		[ "$(_stat s0 10-template write calls)" -eq 0 ] || return 0
		usleep 10000
	done
	echo "the writer does not begin"
	return 1
}

begin() {
	_stack_create s0 "$disk" && _filter_add s0 10-template && _filter_add s0 20-add && _live s0 1 &&
		_session s0 start
}

write_all() {
	exec "$HELPERS/pattern" write "$(_dev s0)" --size 48M --block 16K --threads 3
}

uptime_ms() {
	awk '{ printf "%d", $1 * 1000 }' /proc/uptime
}

# Sets took, the milliseconds in which writers are disturbed: as long as one takes here, but a
# slow machine's rounds need not last longer
undisturbed() {
	begin || return 1
	took=$(uptime_ms)
	(write_all) && took=$(($(uptime_ms) - took)) && _session s0 finish && _remove_stack s0 && _forget stack s0
	[ "$took" -le 300 ] || took=300
}

# round <number> <thousandths of that time> <way>
round() {
	begin || return 1
	write_all >"$TEST_TMP/writer" 2>&1 &
	writer=$!
	begun && usleep $((took * $2))
	case $3 in
	0) finished ;;
	1) aborted ;;
	2) killed ;;
	*) killed_in_finish ;;
	esac
	round_status=$?
	kill_writer
	_remove_stack s0 && _forget stack s0 && _no_trace && return "$round_status"
}

rounds() {
	undisturbed && _random_numbers "$count" 800 4 >"$TEST_TMP/numbers"
	_each_round "$count" round <"$TEST_TMP/numbers"
}

in_time() {
	late=$(wc -l <"$TEST_TMP/done")
	echo "$late of $count writers were done before"
	[ $((late * 2)) -le "$count" ]
}

count=$(_portion 200)
_test_begin 3
_load
: >"$TEST_TMP/done"
disk=$(_null_blk size=64)
ktap_test_result "$count stacks end while they are written to" rounds
ktap_test_result "most of them were in time" in_time
ktap_test_result "then a dump goes through as ever" _still_dumps "$disk"
_test_end
