#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_io_03.sh: calls of one instance never overlap unless every filter of the
# stack is CONCURRENT, and then they do, writes and reads, in lanes of their own
# (C34, C47, D8).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

CPU1=/sys/devices/system/cpu/cpu1/online

# run <concurrent> <callback> [<slot>]: 8 writers, then 8 readers, of a plain stack or of an area;
# each such call of fault takes 4 ms
run() {
	if [ $# -eq 3 ]; then
		_area_stack s0 "$area_disk"
	else
		_stack_create s0 "$disk"
	fi && _filter_add s0 10-fault mode=delay at="$2" every=1 ms=4 concurrent="$1" &&
		_filter_add s0 20-template && _filter_add s0 30-trace && _live s0 1 || return 1
	_events_on dumpflt/dumpflt_filter_call dumpflt_trace/dumpflt_trace_call
	_dump s0 --size 2M --block 64K --threads 8 && _session s0 "read${3:+ $3}" &&
		"$HELPERS/pattern" verify "$(_dev s0)" --size 2M --block 64K --threads 8 &&
		_session s0 finish || return 1
	_events_stop
	_remove_stack s0 && _forget stack s0
}

# overlaps <callback>: overlapping calls of the fault filter: the event comes at a call's end and
# has its length. Times are in microseconds, which the last digit may be off
overlaps() {
	_events "filter=fault.*callback=$1" | sed 's/^\([0-9]*\)\.\([0-9]*\) .* ns=/\1\2 /' | awk '
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
	run 0 write && _is overlaps "$(overlaps write)" 0 && _is lanes "$(lanes)" 1 &&
		_is calls "$(_events 'filter=fault.*callback=write' | wc -l)" 32
}

# at_once <callback> [<slot>]: shows that overlaps() can find some. A busy machine may let
# the guest's CPUs run in turn only, so that it takes another try
at_once() {
	for _ in 1 2 3 4 5; do
		run 1 "$@" && _is lanes "$(lanes)" "$(nproc)" || return 1
		[ "$(overlaps "$1")" -eq 0 ] || return 0
	done
	echo "no two calls overlapped in any of five dumps"
	return 1
}

area_one_at_a_time() {
	run 0 read 0 && _is overlaps "$(overlaps read)" 0 && _is lanes "$(lanes)" 1
}

one_cpu() {
	echo 0 >"$CPU1" && _is cpus "$(nproc)" 1 && run 1 write && _is lanes "$(lanes)" 1 && _is overlaps "$(overlaps write)" 0
	one_status=$?
	echo 1 >"$CPU1"
	return "$one_status"
}

_have "$CPU1"
_test_begin 7
_load
disk=$(_null_blk size=2)
area_disk=$(_null_blk size=16)
_area_format "$area_disk" --slots 1 --overwrite >/dev/null
ktap_test_result "8 writers and readers, a filter that is not CONCURRENT: no overlap (C34)" one_at_a_time
ktap_test_result "all CONCURRENT: a lane for each CPU, calls overlap" at_once write
ktap_test_result "so they do when it is read back" at_once read
ktap_test_result "and when a dump of an area is read back" at_once read 0
ktap_test_result "but not if a filter is not CONCURRENT (C34)" area_one_at_a_time
ktap_test_result "one CPU, the other one is stopped: dump and read-back work (C47)" one_cpu
ktap_test_result "a CPU that comes later does no harm" run 1 write
_test_end
