#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_flush_01.sh: which flushes reach the target, and in which order to the
# writes and to the word "complete" (F1, F4, F6, C50).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"

watch() {
	number=$(_device_number "$disk")
	_events_on "block/block_rq_issue,dev == $number" "block/block_rq_complete,dev == $number" \
		dumpflt/dumpflt_flush dumpflt/dumpflt_session
}

# One word per event: W and w is a write's issue and completion, F and f a
# flush's; runs of the same are one
story() {
	# A request for a flush alone completes as a write of no sectors. Behind their
	# number, Linux 6.10 and later print the priority
	_events | grep -v 'block_rq_.* F\?W[A-Z]* .*+ 0 ' | awk '
		$2 == "block_rq_issue" { print $4 ~ /^FF/ ? "F" : $4 ~ /W/ ? "W" : "?" }
		$2 == "block_rq_complete" { print $4 ~ /^FF/ ? "f" : $4 ~ /W/ ? "w" : "?" }
		$2 == "dumpflt_flush" { print "flushed" $5 }
		$2 == "dumpflt_session" { print $4 $5 }' | sed 's/what=//; s/ret=/ /' >"$TEST_TMP/story"
	sed 's/^[Ww]$/data/' "$TEST_TMP/story" | uniq
}

# All of the data was completed before the last flush was issued
data_before_flush() {
	awk '/^W/ { out++ } /^w/ { out-- } /^F/ { last = out } END { exit last }' "$TEST_TMP/story"
}

# session <expected story> <command>...: in a session of its own
session() {
	expected=$1
	shift
	watch
	_session s0 start && "$@" && _session s0 finish || return 1
	_events_stop
	_attr_is s0 state complete && _same_lines "$expected" story && data_before_flush
}

pattern() {
	"$HELPERS/pattern" write "$(_dev s0)" --size 1M --block 64K "$@"
}

dsync() {
	"$HELPERS/blkop" dsync "$(_dev s0)" 65536 8192
}

nothing() {
	:
}

last_flush='F
f
flushed 0
finish 0'
_test_begin 7
_load
modprobe dumpflt-template
disk=$(_null_blk size=4 cache_size=4)
_stack_create s0 "$disk"
_filter_add s0 10-template
_live s0 1
ktap_test_result "one flush, after the last write, though the writer sends none (F1, F4, F6)" \
	session "$(printf 'start 0\ndata\n%s' "$last_flush")" pattern
ktap_test_result "with 8 writers at once, too (F1)" \
	session "$(printf 'start 0\ndata\n%s' "$last_flush")" pattern --threads 8
ktap_test_result "a writer's fsync goes down, and yet there is a last flush (F4)" \
	session "$(printf 'start 0\ndata\nF\nf\n%s' "$last_flush")" pattern --fsync
ktap_test_result "a dump without a write is flushed (F4)" \
	session "$(printf 'start 0\n%s' "$last_flush")" nothing
ktap_test_result "a write that asks for stable storage, and the flush that Linux sends after it" \
	session "$(printf 'start 0\ndata\nF\nf\n%s' "$last_flush")" dsync
ktap_test_result "it was sent with FUA" eval "_events 'block_rq_issue.* WFS? ' | grep -q ."
_remove_stack s0
_forget stack s0
disk=$(_null_blk size=4)
_stack_create s0 "$disk"
_filter_add s0 10-template
_live s0 1
ktap_test_result "a target without a cache needs no flush, and the dump is complete (F4)" \
	session "$(printf 'start 0\ndata\nflushed 0\nfinish 0')" pattern
_test_end
