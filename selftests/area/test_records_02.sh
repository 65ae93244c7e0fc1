#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_records_02.sh: chunk records that have left memory and cannot be read back fail the
# dump, and those on the disk stay as they are; behind the last of a dump there are
# none of an earlier one; a checkpoint takes them while others come (F3, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/place.sh
. "$SELFTESTS/lib/place.sh"

MIB=24

# chunk <number>
chunk() {
	dd if="$reference" of="$(_dev s0)" bs=64k skip="$1" seek="$1" count=1 oflag=direct 2>/dev/null
}

# Two chunks have their records in a block. With the first of each there are more blocks
# than in memory, and that of chunk 0 is on the disk
unreadable() {
	_session s0 start || return 1
	for number in $(seq 0 2 300); do
		chunk "$number" || return 1
	done
	_place_get "$disk" "$record" 2048 >"$TEST_TMP/record"
	[ "$(tr -d '\0' <"$TEST_TMP/record" | wc -c)" -gt 0 ] && _dm_refuses "rec$$" "$disk" "$record" 4096 || return 1
	! chunk 1 || { echo "chunk 1 was taken"; return 1; }
	_dm_refuses "rec$$" "$disk" && _last_error_has s0 "reading the chunk records at $record failed: -EIO" &&
		_set_fails EIO finish "$DUMPFLT_CONFIG/s0/session" && _area_is "$dm" 0 FAILED
}

# Although the dump has failed, its beginning is to be had
stays() {
	_place_get "$disk" "$record" 2048 | cmp - "$TEST_TMP/record" || return 1
	"$TOOL" extract --device "$dm" --slot 0 --salvage --raw --force "$TEST_TMP/saved" 2>&1 &&
		cmp -n 65536 "$TEST_TMP/saved" "$reference"
}

# dump <chunks>
dump() {
	_session s0 start && dd if="$reference" of="$(_dev s0)" bs=64k count="$1" oflag=direct 2>/dev/null &&
		_session s0 finish && _area_is "$dm" 0 COMPLETE
}

# The trailer's is the third
behind() {
	dump 9 && dump 2 && _is 'bytes of a fourth record' \
		"$(_place_get "$disk" "$(_place_of_record 0 3)" 2048 | tr -d '\0' | wc -c)" 0
}

# records <file>: of every second chunk, as they are on the disk
records() {
	for number in 0 2 4 6; do
		_place_get "$disk" "$(_place_of_record 0 "$number")" 2048
	done >"$1"
}

# The second record of each block is on its way when the first ones are flushed: blocks that
# change, one after the other. A record that is on the disk is final
moving() {
	_session s0 start && chunk 0 && chunk 2 && chunk 4 && chunk 6 || return 1
	for number in 1 3 5 7; do
		chunk "$number" &
	done
	usleep 80000
	dd if=/dev/null of="$(_dev s0)" conv=notrunc,fsync 2>/dev/null && records "$TEST_TMP/flushed" && wait && _session s0 finish && _area_is "$disk" 0 COMPLETE &&
		records "$TEST_TMP/final" && cmp "$TEST_TMP/flushed" "$TEST_TMP/final"
}

# slow_stack: each answer takes 250 ms
slow_stack() {
	_remove_stack s0 && _forget stack s0
	disk=$(_null_blk size=8 cache_size=1 irqmode=2 completion_nsec=250000000)
	_area_format "$disk" --slots 1 --record-size 2048 >/dev/null
	_place_area 8388608 1 2048
	_area_stack s0 "$disk" && _live s0 1
}

_test_begin 4
_load
disk=$(_null_blk size=$MIB cache_size=1)
reference=$(_area_reference $((MIB * 1024)))
dm=$(_dm "rec$$" "0 $((MIB * 2048)) linear $disk 0")
_area_format "$dm" --slots 1 --overwrite --record-size 2048 >/dev/null
_place_area $((MIB * 1048576)) 1 2048
record=$(_place_of_record 0 0)
_area_stack s0 "$dm"
_live s0 1
ktap_test_result "records that cannot be read back: no chunk is added to them" unreadable
ktap_test_result "those on the disk stay" stays
ktap_test_result "the next dump has no records but its own" behind
slow_stack
ktap_test_result "a checkpoint while other records come" moving
_test_end
