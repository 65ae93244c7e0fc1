#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_records_03.sh: a disk that answers for chunk records after everything else: no chunk
# waits for it; whoever needs them does: F4, a checkpoint, and memory that is to be used again.
# If it refuses them as late as that, the dump has failed (C50, F3-F7).
#
# Copyright (C) 2026 the dumpflt authors
#
# Two chunks have their records in a block. Those blocks are on a device of their own, which
# is suspended while everything else is answered.

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/story.sh
. "$SELFTESTS/lib/story.sh"
_have dmsetup
_have_module dm_log_writes

MIB=24

# chunks <first> <count>
chunks() {
	dd if="$reference" of="$(_dev s0)" bs=64k skip="$1" seek="$1" count="$2" oflag=direct 2>/dev/null
}

are_asked() {
	[ "$(_story_asked)" -ge "$1" ]
}

# begun <chunks>: they are written, but for the records of all
begun() {
	_session s0 start && dmsetup suspend --nolockfs "rec$$" && chunks 0 "$1"
}

# held <blocks of records> <command>...: runs until it waits for them; whoever does not has gone on
held() {
	held_blocks=$1
	shift
	"$@" >"$TEST_TMP/held" 2>&1 &
	held=$!
	_soon 10 are_asked "$held_blocks" && usleep 500000
}

# With the trailer, chunk 4 fills the third block
answers_last() {
	begun 5 && held 3 _session s0 finish
	last_status=$?
	dmsetup resume "rec$$"
	wait "$held" && _story_mark saved && [ "$last_status" -eq 0 ] && _area_is "$dm" 0 COMPLETE
}

# Of the first dump
how_it_ends() {
	_story_area 5 | sed -n '/^trailer/,/^saved/p; /^saved/q'
}

# If finish was not what has been refused, it is now
has_failed() {
	! _session s0 finish >/dev/null 2>&1 || { echo "finish has succeeded"; return 1; }
	_dm_refuses "rec$$" "$disk" && _attr_is s0 state failed && _area_is "$dm" 0 FAILED &&
		_last_error_has s0 "writing the chunk records at $record failed: -EIO"
}

# refused_to <blocks of records> <command>...: it waits for them, and the first one is refused
refused_to() {
	begun 3 && held "$@"
	refused_status=$?
	_dm_refuses "rec$$" "$disk" "$record" 4096
	! wait "$held" || { echo "'$*' has succeeded"; refused_status=1; }
	has_failed && return "$refused_status"
}

# Nobody waits, and whoever begins a block soon after learns of it, with memory for more
refused_between() {
	begun 3 && _dm_refuses "rec$$" "$disk" "$record" 4096 || return 1
	number=4
	while chunks "$number" 1; do
		number=$((number + 2))
		[ "$number" -lt 30 ] || { echo "nobody has learnt of it"; return 1; }
	done
	has_failed
}

# There is memory for so many blocks, one or two more, and not for all of these chunks
short_of_memory() {
	read -r requests <"/sys/block/$(_attr s0 device)/queue/nr_requests"
	begun 2 && held $((requests + 16)) chunks 2 298
	memory_status=$?
	dmsetup resume "rec$$"
	wait "$held" && _session s0 finish && [ "$memory_status" -eq 0 ] && _area_is "$dm" 0 COMPLETE &&
		_area_same "$dm" 0 "$reference"
}

_test_begin 6
_load
_modprobe dm_mod
_modprobe dm_log_writes
disk=$(_null_blk size=$MIB cache_size=1)
sectors=$((MIB * 2048))
_area_format "$disk" --slots 1 --overwrite --record-size 2048 >/dev/null
_place_area $((MIB * 1048576)) 1 2048
record=$(_place_of_record 0 0)
reference=$(_area_reference $((300 * 64)))
from=$((record / 512))
to=$(($(_place_receipt 0 0) / 512))
rec=$(_dm "rec$$" "0 $sectors linear $disk 0")
both=$(_dm "both$$" "0 $from linear $disk 0
$from $((to - from)) linear $rec $from
$to $((sectors - to)) linear $disk $to")
dm=$(_story_begin "$both" 48)
_area_stack s0 "$dm"
_set 30000 "$DUMPFLT_CONFIG/s0/timeout_ms"
_live s0 1
ktap_test_result "no chunk waits for the records of others; the end does" answers_last
ktap_test_result "memory for records is used again when they are written, not before" short_of_memory
ktap_test_result "refused when finish waits for them: failed" refused_to 2 _session s0 finish
ktap_test_result "refused when a checkpoint waits for them: it fails" \
	refused_to 2 dd if=/dev/null of="$(_dev s0)" conv=notrunc,fsync
ktap_test_result "refused while nobody waits: who begins the next block fails" refused_between
_remove_stack s0 && _forget stack s0 && _story_end
ktap_test_result "records, then a flush, then the receipts (F3-F6)" _same_lines \
	"$(printf 'trailer 0\nrecords 0\nheader A\nflush\nreceipt A 0\nreceipt B 0\nflush\nsaved')" how_it_ends
_test_end
