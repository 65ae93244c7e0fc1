#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_io_03.sh: calls of one instance never overlap unless every filter of the
# stack is CONCURRENT, and then they do, in lanes of their own (C34, C47, D8).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

CPU1=/sys/devices/system/cpu/cpu1/online

# run <concurrent>: 8 writers, then 8 readers; each call of fault takes 4 ms
run() {
	_stack_create s0 "$disk" && _filter_add s0 10-fault mode=delay at=write every=1 ms=4 \
		concurrent="$1" && _filter_add s0 20-template && _filter_add s0 30-trace && _live s0 1 || return 1
	_events_on dumpflt/dumpflt_filter_call dumpflt_trace/dumpflt_trace_call
	_dump s0 --size 2M --block 64K --threads 8 && _session s0 read &&
		"$HELPERS/pattern" verify "$(_dev s0)" --size 2M --block 64K --threads 8 &&
		_session s0 finish || return 1
	_events_stop
	_remove_stack s0 && _forget stack s0
}

# Overlapping calls of the fault filter: the event comes at a call's end and
# has its length. Times are in microseconds, which the last digit may be off
overlaps() {
	_events 'filter=fault' | sed 's/^\([0-9]*\)\.\([0-9]*\) .* ns=/\1\2 /' | awk '
		{ end[NR] = $1; begin[NR] = $1 - $2 / 1000 }
		END {
			for (i = 2; i <= NR; i++)
				for (j = 1; j < i; j++)
					if (begin[i] < end[j] - 2 && begin[j] < end[i] - 2)
						found++
			print found + 0
		}'
}

lanes() {
	_event_fields dumpflt_trace_call lane | sort -u | wc -l
}

one_at_a_time() {
	run 0 && _is overlaps "$(overlaps)" 0 && _is lanes "$(lanes)" 1 &&
		_is calls "$(_events 'filter=fault.*callback=write' | wc -l)" 32
}

# Shows that overlaps() can find some. A busy machine may let the guest's CPUs run
# in turn only, so that it takes another try
at_once() {
	for _ in 1 2 3 4 5; do
		run 1 && _is lanes "$(lanes)" "$(nproc)" || return 1
		[ "$(overlaps)" -eq 0 ] || return 0
	done
	echo "no two calls overlapped in any of five dumps"
	return 1
}

one_cpu() {
	echo 0 >"$CPU1" && _is cpus "$(nproc)" 1 && run 1 && _is lanes "$(lanes)" 1 && _is overlaps "$(overlaps)" 0
	one_status=$?
	echo 1 >"$CPU1"
	return "$one_status"
}

_have "$CPU1"
_test_begin 4
_load
disk=$(_null_blk size=2)
ktap_test_result "8 writers and readers, a filter that is not CONCURRENT: no overlap (C34)" one_at_a_time
ktap_test_result "all CONCURRENT: a lane for each CPU, calls overlap" at_once
ktap_test_result "one CPU, the other one is stopped: dump and read-back work (C47)" one_cpu
ktap_test_result "a CPU that comes later does no harm" run 1
_test_end
