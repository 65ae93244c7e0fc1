#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_init_02.sh: bounce buffers: page aligned, one for each request, which all
# filters share; what a callback is given is mapped memory (C23, C36, C38,
# C39, D2).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

# template asks for its buffer with dumpflt_bounce(); add finds the data in it
run() {
	_dump s0 --size 2M --block 64K --threads 16 && _attr_is s0 state complete
}

buffers() {
	_event_fields test_bounce buffer | sort -u
}

aligned() {
	_is "unaligned buffers" "$(buffers | grep -vc '000$')" 0 &&
		_is "calls without a buffer" "$(buffers | grep -cx 0x0)" 0
}

several() {
	count=$(buffers | wc -l)
	echo "$count buffers were used"
	[ "$count" -gt 1 ] && [ "$count" -le $((16 * $(nproc))) ]
}

# 64 KiB each: in order of address no two are closer
apart() {
	buffers | awk '{ print substr($1, length($1) - 9) }' | tr a-f A-F | while read -r hex; do
		echo $((0x$hex))
	done | sort -n | awk 'NR > 1 && $1 - last < 65536 { bad++ } { last = $1 } END { exit bad + 0 }'
}

# The second filter works in place: it asks for none
in_place() {
	_is "calls of dumpflt_bounce" "$(_events test_bounce | wc -l)" 32 &&
		_is "calls of dumpflt_set_buffer" "$(_events test_set | wc -l)" 32
}

segments() {
	_event_fields test_write page nr | awk '$1 == "0x0" || $2 < 1 || $2 > 17 { bad++ } END { exit !NR || bad }'
}

_have "$TRACING/kprobe_events"
_test_begin 6
_load
_stack_create s0 "$(_null_blk size=2)"
_filter_add s0 10-fault concurrent=1
_filter_add s0 20-template
_filter_add s0 30-add
_live s0 1
_events_on dumpflt/dumpflt_session
# In struct dumpflt_io: nr_segs 16, segs 24
# shellcheck disable=SC2016 # $retval is the tracer's
_probe_on 'r:dumpflt_test/test_bounce dumpflt:dumpflt_bounce buffer=$retval:x64' \
	'p:dumpflt_test/test_set dumpflt:dumpflt_set_buffer buffer=%si:x64' \
	'p:dumpflt_test/test_write dumpflt_fault:fault_write nr=+16(%si):u32 page=+0(+24(%si)):x64'
ktap_test_result "a dump with 16 writers" run
_events_stop
_probe_off
ktap_test_result "all buffers are page aligned (C38)" aligned
ktap_test_result "several are in use, as many as requests can be (C38, C39)" several
ktap_test_result "each has room for max_pages, none overlaps another (C38)" apart
ktap_test_result "a later filter works in place (C23)" in_place
ktap_test_result "the source is a list of pages, one more than max_pages at most (C36)" segments
_test_end
