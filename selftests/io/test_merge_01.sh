#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_merge_01.sh: neighbours that come together become one write of the
# target, whether filters run at the same time or not; and lanes share the work.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

# "<writes> <bytes>" that the target was sent since it is there
writes() {
	awk '{ print $5, $7 * 512 }' "/sys/block/${disk#/dev/}/stat"
}

# average <block> <threads> <filter>: a dump, and the bytes of a write on average
average() {
	block=$1
	_stack_create s0 "$disk" && _filter_add s0 10-trace && _filter_add s0 20-"$3" && _live s0 1 || return 1
	_events_on dumpflt_trace/dumpflt_trace_call
	before=$(writes)
	_dump s0 --size 16M --block "$block" --threads "$2" && _attr_is s0 state complete || return 1
	size=$(echo "$before $(writes)" | awk '{ print int(($4 - $2) / ($3 - $1)) }')
	_events_stop
	echo "$block at once, $(nproc) CPUs: $size bytes in a write of the target"
	_remove_stack s0 && _forget stack s0
}

lanes() {
	_event_fields dumpflt_trace_call lane | sort -u | wc -l
}

one_lane() {
	average 1M 1 fault && _is lanes "$(lanes)" 1 && [ "$size" -ge 262144 ]
}

# Half of a write goes to each of two lanes
all_lanes() {
	average 1M 1 template && _is lanes "$(lanes)" "$(nproc)" && [ "$size" -ge 131072 ]
}

alone() {
	average 64K 1 template && _is lanes "$(lanes)" "$(nproc)" && _is size "$size" 65536
}

# chunk <number>: written by somebody
chunk() {
	dd if=/dev/zero of="$(_dev s0)" bs=64k seek="$1" count=1 oflag=direct conv=notrunc 2>/dev/null
}

at_work() {
	awk '{ exit !$2 }' "/sys/block/$(basename "$(_dev s0)")/inflight"
}

# The filter is at work on the first for longer than it takes to write the second
join() {
	_stack_create s0 "$disk" && _filter_add s0 10-fault mode=delay at=write call=1 ms=2000 && _live s0 1 &&
		_session s0 start || return 1
	before=$(writes)
	chunk 0 &
	_soon 10 at_work && chunk 1 && wait $! && _session s0 finish && _attr_is s0 state complete &&
		_is "writes of the target" "$(echo "$before $(writes)" | awk '{ print $3 - $1 }')" 1 &&
		_remove_stack s0 && _forget stack s0
}

several() {
	average 64K 4 template && _is lanes "$(lanes)" "$(nproc)"
}

_test_begin 5
_load
# The default takes no two of our requests in one
disk=$(_null_blk size=32)
modprobe narrow "path=$disk" max_sectors=2048 && rmmod narrow
ktap_test_result "filters that run one at a time: neighbours become one write" one_lane
ktap_test_result "filters that run at the same time: so they do, and all lanes work" all_lanes
ktap_test_result "what comes while the first of it is with the filters joins it" join
ktap_test_result "what comes one by one goes to all lanes, too" alone
ktap_test_result "and so does what several write at once" several
_test_end
