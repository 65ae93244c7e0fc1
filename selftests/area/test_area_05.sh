#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_05.sh: chunk records in bounded memory: in any order, written out
# and read back when memory runs out, at a flush from above, on several CPUs
# (C44, F3).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

chunks=240

# write_in_order: the chunks whose numbers are on stdin
write_in_order() {
	"$HELPERS/copyblocks" "$reference" "$dev" 65536
}

whole() {
	_session s0 finish && _area_is "$disk" 0 COMPLETE && _area_same "$disk" 0 "$reference"
}

# Two chunks have their records in a block. Half of each block comes first, so
# that 120 blocks are open, more than there are in memory, and none is full
halves() {
	_session s0 start && { seq 0 2 $((chunks - 1)) && seq 1 2 $((chunks - 1)); } | write_in_order && whole
}

backwards() {
	_session s0 start && seq $((chunks - 1)) -1 0 | write_in_order && whole
}

several_at_once() {
	_session s0 start || return 1
	for quarter in 0 1 2 3; do
		dd if="$reference" of="$dev" bs=1M skip=$((quarter * 15 / 4)) seek=$((quarter * 15 / 4)) \
			count=$(((quarter + 1) * 15 / 4 - quarter * 15 / 4)) oflag=direct 2>/dev/null &
	done
	wait && whole
}

# What was written before an fsync can be salvaged, although nothing ended it
checkpoint() {
	_session s0 start && dd if="$reference" of="$dev" bs=64k count=21 oflag=direct conv=fsync 2>/dev/null || return 1
	dd if="$disk" of="$TEST_TMP/image" bs=1M iflag=direct 2>/dev/null
	rm -f "$TEST_TMP/saved"
	"$TOOL" extract --device "$TEST_TMP/image" --slot 0 --salvage --raw "$TEST_TMP/saved" 2>&1 &&
		_is "bytes saved" "$(wc -c <"$TEST_TMP/saved")" $((21 * 65536)) &&
		cmp -n $((21 * 65536)) "$TEST_TMP/saved" "$reference" && _session s0 abort
}

# Without an fsync the records are still in memory: nothing is proved
no_checkpoint() {
	_session s0 start && dd if="$reference" of="$dev" bs=64k count=1 oflag=direct 2>/dev/null || return 1
	dd if="$disk" of="$TEST_TMP/image" bs=1M iflag=direct 2>/dev/null
	_fails 'nothing is left' "$TOOL" extract --device "$TEST_TMP/image" --slot 0 --salvage --raw "$TEST_TMP/none" &&
		_session s0 abort
}

_test_begin 6
_load_watched
disk=$(_null_blk size=20)
_area_format "$disk" --slots 1 --overwrite --record-size 2048
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1
dev=$(_dev s0)
reference=$(_area_reference 15360)
ktap_test_result "half of each block first: blocks of records leave memory and come back" halves
ktap_test_result "from the end to the beginning" backwards
ktap_test_result "four writers at once" several_at_once
ktap_test_result "an fsync of the writer makes a checkpoint" checkpoint
ktap_test_result "without one there is none" no_checkpoint
ktap_test_result "nothing was allocated in a dump (C44)" _is allocations "$(_allocations)" 0
_test_end
