#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_02.sh: chunk rules: whole ones in any order, pieces appended, none
# twice, no gap, the exact length (C24, C26, C35, D11, D12).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# chunk <number>: of the reference, to its place
chunk() {
	dd if="$reference" of="$dev" bs=64k skip="$1" seek="$1" count=1 oflag=direct 2>/dev/null
}

# piece <number> <first 4 KiB block> <blocks>: of a chunk
piece() {
	dd if="$reference" of="$dev" bs=4k skip="$(($1 * 16 + $2))" seek="$(($1 * 16 + $2))" count="$3" \
		oflag=direct 2>/dev/null
}

# ends_well <bytes>: finish with this length, and all of it is there
ends_well() {
	_session s0 "finish $1" && _attr_is s0 state complete && _area_is "$disk" 0 COMPLETE &&
		head -c "$1" "$reference" >"$TEST_TMP/head" && _area_same "$disk" 0 "$TEST_TMP/head"
}

# ends_badly <errno> <words> [<bytes>]: finish fails, and so says the receipt
ends_badly() {
	_set_fails "$1" "finish${3:+ $3}" "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_last_error_has s0 "$2" && _area_is "$disk" 0 FAILED
}

any_order() {
	for i in 7 3 0 5 1 6 2 4; do
		chunk "$i" || return 1
	done
	ends_well 524288
}

in_parallel() {
	dd if="$reference" of="$dev" bs=1M oflag=direct 2>/dev/null & # 64 KiB each, 16 at once
	wait "$!" && ends_well 3145728
}

# 4 KiB at a time, a length that is no block
appended() {
	dd if="$reference" of="$dev" bs=4k count=376 oflag=direct 2>/dev/null && ends_well 1536511
}

# Within the open chunk order does not matter, and neither does a second time
pieces() {
	piece 0 4 12 && piece 0 0 4 && piece 0 2 1 && chunk 1 && piece 2 0 3 && ends_well 143001
}

twice() {
	chunk 0 && chunk 1 && ! chunk 0 && ! chunk 2 &&
		ends_badly EIO 'write at 0: this chunk was written already: .*once'
}

twice_open() {
	piece 0 0 4 && ! chunk 0 && ends_badly EIO 'write at 0: this chunk was written already'
}

# It is this write that is refused, not the next one
not_full() {
	piece 0 0 4 && ! piece 1 0 1 &&
		ends_badly EIO 'write at 65536: the chunk at 0 is not full yet: write whole chunks'
}

gap() {
	chunk 0 && chunk 2 && ends_badly ENODATA 'the dump has a gap at 65536'
}

gap_in_open() {
	chunk 0 && piece 1 0 1 && piece 1 2 1 && ends_badly ENODATA 'the dump has a gap at 69632'
}

too_long() {
	chunk 0 && ends_badly ENODATA 'is to have 65537 bytes, but 65536 were written' 65537
}

too_short() {
	chunk 0 && chunk 1 && ends_badly ENODATA 'is to have 65536 bytes, but 131072 were written' 65536
}

# What was not written reads as zeros, the open chunk as it is, the rest not
reads() {
	chunk 0 && piece 1 0 2 || return 1
	dd if="$dev" bs=4k skip=16 count=2 iflag=direct 2>/dev/null | cmp -n 8192 - "$reference" 0 65536 || return 1
	_is "bytes that are not zero" "$(dd if="$dev" bs=4k skip=32 count=16 iflag=direct 2>/dev/null |
		tr -d '\0' | wc -c)" 0 || return 1
	_fails 'not supported' dd if="$dev" of=/dev/null bs=4k count=1 iflag=direct && ends_well 70000
}

nothing() {
	ends_well 0
}

beyond() {
	blocks=$(($(cat "/sys/block/${dev##*/}/size") / 8))
	_fails 'No space left' dd if=/dev/zero of="$dev" bs=4k seek="$blocks" count=1 oflag=direct && ends_well 0
}

# Zeros behind the end, not what the writer's last block has there
padding() {
	yes 'behind the end' | dd of="$dev" bs=4k count=1 iflag=fullblock oflag=direct 2>/dev/null &&
		_session s0 'finish 15' && _area_is "$disk" 0 COMPLETE &&
		_is "lines on the disk" "$(dd if="$disk" bs=64k iflag=direct 2>/dev/null | tr -d '\0' |
			grep -c 'behind the end')" 1
}

# In a chunk that came whole nothing can be put there any more
padded_whole() {
	head -c 70000 "$reference" | dd of="$dev" bs=64k iflag=fullblock conv=sync oflag=direct 2>/dev/null &&
		ends_well 70000
}

behind_whole() {
	chunk 0 && chunk 1 && ends_badly ENODATA '70000 bytes, but what was written behind them is not zero' 70000
}

# Each in a session of its own, in the only slot, which is taken again and again
try() {
	_session s0 start && "$@"
}

_test_begin 17
_load
disk=$(_null_blk size=16)
_area_format "$disk" --slots 1 --overwrite
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1
dev=$(_dev s0)
reference=$(_area_reference 3072)
ktap_test_result "whole chunks in any order" try any_order
ktap_test_result "whole chunks at the same time" try in_parallel
ktap_test_result "a writer that appends 4 KiB at a time" try appended
ktap_test_result "pieces of the open chunk" try pieces
ktap_test_result "a chunk is written once" try twice
ktap_test_result "nor does a whole one replace an open one" try twice_open
ktap_test_result "pieces of another chunk before the open one is full" try not_full
ktap_test_result "a chunk that is missing" try gap
ktap_test_result "a piece that is missing" try gap_in_open
ktap_test_result "longer than what was written" try too_long
ktap_test_result "shorter than what was written" try too_short
ktap_test_result "reads while the dump is written" try reads
ktap_test_result "a dump of no bytes" try nothing
ktap_test_result "beyond the slot" try beyond
ktap_test_result "zeros behind the end" try padding
ktap_test_result "also in a chunk that came whole" try padded_whole
ktap_test_result "or the dump fails: they cannot be put there" try behind_whole
_test_end
