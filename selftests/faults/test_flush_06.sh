#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_flush_06.sh: the order of things on the target, in each of several sessions of one
# live stack (C50, C55, C62, D5, D11, F1-F6, F9).
#
# Copyright (C) 2026 the dumpflt authors
#
# Each row of the table in dump-area.md; the write log says what was durable before what.

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/story.sh
. "$SELFTESTS/lib/story.sh"
_have dmsetup
_have_module dm_log_writes

# write <first chunk> <chunks> [dd option]
write() {
	first=$1 nr=$2
	shift 2
	dd if="$reference" of="$(_dev s0)" bs=64k skip="$first" seek="$first" count="$nr" oflag=direct "$@" 2>/dev/null
}

# session <command>...: marked where it was asked for, and where it was said to be saved
session() {
	_story_mark start && _session s0 start && "$@" && _session s0 finish && _attr_is s0 state complete &&
		_story_mark saved
}

has_records() {
	[ "$(_place_get "$disk" "$record" 64 | tr -d '\0' | wc -c)" -gt 0 ] && [ "$(_story_asked)" = 0 ]
}

# seventy <slot>: the second block of records is begun, so that the first one is full, and sent. Nobody
# waits for it but this test
seventy() {
	record=$(_place_of_record "$1" 0)
	dd if=/dev/zero of="$disk" bs=4096 seek=$((record / 4096)) count=1 oflag=direct 2>/dev/null && write 0 65 &&
		_soon 10 has_records && write 65 5
}

checkpoint() {
	write 0 3 conv=fsync && write 3 3
}

gone() {
	_remove_stack s0 && _forget stack s0 && _story_end
}

# before <slot>, after <slot>: of the chunks; each session writes the older header first
before() {
	printf 'start\nheader B\nflush\nreceipt A %s zeros\nreceipt B %s zeros\nflush\nmetadata %s\nflush\n' "$1" "$1" "$1"
}

after() {
	printf 'trailer %s\nrecords %s\nheader A\nflush\nreceipt A %s\nreceipt B %s\nflush\nsaved\n' "$1" "$1" "$1" "$1"
}

chunks() {
	printf 'chunks %s\nrecords %s\nchunks %s\n' "$1" "$1" "$1"
}

# What the trailer is depends on how long the dump is
area_story() {
	_story_area 70 | awk '/^start/ { n++ } n != 2'
}

checkpoint_story() {
	_story_area 6 | awk '/^start/ { n++ } n == 2'
}

watch() {
	_events_on dumpflt/dumpflt_filter_call dumpflt/dumpflt_flush dumpflt/dumpflt_session
}

# Callbacks of the filter trace between the flushes
calls() {
	_events_stop
	_events 'dumpflt_flush|dumpflt_session|filter=trace callback=(start|write|finish)' |
		sed -E 's/.* dumpflt_flush .*/flush/; s/.*what=([a-z]*).*/session \1/; s/.*callback=write offset=4587520 .*/trailer/
			s/.*callback=([a-z]*).*/\1/' | awk '$0 != "write" || last != $0; { last = $0 }'
}

# Full blocks of records are on the disk by now; one goes bad before finish reads them back
records_go_bad() {
	_story_mark start && _session s0 start && seventy 1 &&
		dd if=/dev/zero of="$disk" bs=4096 seek=$((record / 4096)) count=1 oflag=direct 2>/dev/null &&
		_set_fails EUCLEAN finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_last_error_has s0 'the record of the chunk at 0 is not what was written' && _area_is "$dm" 1 FAILED
}

plain() {
	for _ in 1 2 3 4; do
		session write 0 5 || return 1
	done
}

_test_begin 8
_load
_modprobe dm_mod
_modprobe dm_log_writes
reference=$(_area_reference $((70 * 64)))
disk=$(_null_blk size=32 cache_size=8)
_area_format "$disk" --slots 3 --overwrite
_place_area $((32 * 1048576)) 3 64
dm=$(_story_begin "$disk" 64)
_area_stack s0 "$dm"
_filter_add s0 10-trace
_filter_add s0 20-digest
_live s0 1
ktap_test_result "three dumps into one live area, the second with a checkpoint" \
	eval 'session seventy 0 && session checkpoint && session seventy 2'
watch
ktap_test_result "the next goes over the first one" session seventy 0
ktap_test_result "start, write and finish of filters, and the flushes (F1, F2, F4, F5, D5)" \
	_same_lines "$(printf 'start\nflush\nflush\nflush\nsession start\nwrite\ntrailer\nfinish\nflush\nflush\nsession finish')" calls
ktap_test_result "records that are not what was written fail the dump" records_go_bad
gone
ktap_test_result "in each session of an area: every write before and behind its flush (F1-F6)" \
	_same_lines "$(for slot in 0 2 0; do before $slot && chunks $slot && after $slot; done
		before 1 && chunks 1 && after 1 | sed '$d')" area_story
ktap_test_result "a writer's fsync is a checkpoint: records, then a flush" \
	_same_lines "$(before 1 && printf 'chunks 1\nrecords 1\nflush\nchunks 1\n' && after 1)" checkpoint_story
# No area any more
dd if=/dev/zero of="$disk" bs=64k count=1 oflag=direct 2>/dev/null
dd if=/dev/zero of="$disk" bs=64k seek=511 count=1 oflag=direct 2>/dev/null
dm=$(_story_begin "$disk" 64)
_stack_create s0 "$dm"
_filter_add s0 10-trace
_live s0 1
ktap_test_result "four dumps of one live stack in plain mode" plain
gone
ktap_test_result "in each: all data, then a flush, then it is saved (F4, F6, F9)" \
	_same_lines "$(for _ in 1 2 3 4; do printf 'start\ndata\nflush\nsaved\n'; done)" _story_plain
_test_end
