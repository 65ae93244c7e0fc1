#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_07.sh: every part of an area is where the format has it, behind 4 GiB, behind
# 2^32 sectors and behind 4 GiB of records, in the highest slot, too (C25, D2, D12, F3).
#
# Copyright (C) 2026 the dumpflt authors
#
# Of a disk of 10 TiB only what is written takes memory. A dump with gaps is a failed one,
# which does not matter here: chunks, records and receipt are written all the same.

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/place.sh
. "$SELFTESTS/lib/place.sh"

# Where 2^32 bytes, sectors and bytes of records are passed, of the slot and of the disk
CHUNKS='0 1 65533 65534 65535 65536 65537 16777215 16777216 33554429 33554430 33554431
33554432 33554433 67108863 67108864 67108865'

# Chunk i of the file becomes the one with the i-th of these numbers
dump() {
	nr=0
	_session s0 start || return 1
	for chunk in $CHUNKS $last; do
		dd if="$reference" of="$(_dev s0)" bs=64k skip="$nr" seek="$chunk" count=1 oflag=direct \
			conv=notrunc 2>/dev/null || return 1
		nr=$((nr + 1))
	done
	_set_fails ENODATA finish "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 'the dump has a gap at 131072'
}

# chunks_are <slot>: data at its place, and at the record's the SHA-256 of this data
chunks_are() {
	nr=0
	for chunk in $CHUNKS $last; do
		dd if="$reference" of="$TEST_TMP/should" bs=64k skip="$nr" count=1 2>/dev/null
		dd if="$disk" of="$TEST_TMP/is" bs=64k skip=$(($(_place_chunk "$1" "$chunk") / 65536)) count=1 \
			iflag=direct 2>/dev/null
		cmp "$TEST_TMP/is" "$TEST_TMP/should" && _is "record of chunk $chunk" \
			"$(_place_get "$disk" $(($(_place_of_record "$1" "$chunk") + 8)) 32 | od -An -v -tx1 | tr -d ' \n')" \
			"$(sha256sum <"$TEST_TMP/should" | cut -c 1-64)" || return 1
		nr=$((nr + 1))
	done
}

# begins <offset> <text>
begins() {
	_is "at $1" "$(_place_get "$disk" "$1" "${#2}")" "$2"
}

frame_is() {
	begins "$(_place_slot "$1")" DUMPFLT-FILTERS &&
		begins "$(_place_receipt "$1" 0)" DUMPFLT-RECEIPT &&
		begins "$(_place_receipt "$1" 1)" DUMPFLT-RECEIPT && _area_has "$disk" "$1" '"state":"FAILED"'
}

headers_are() {
	begins 0 DUMPFLT-AREA && begins "$(_place_header_b)" DUMPFLT-AREA
}

twice() {
	_session s0 start && dd if="$reference" of="$(_dev s0)" bs=64k seek=67108864 count=1 oflag=direct 2>/dev/null &&
		! dd if="$reference" of="$(_dev s0)" bs=64k seek=67108864 count=1 oflag=direct 2>/dev/null &&
		_last_error_has s0 'write at 4398046511104: this chunk was written already'
}

_test_begin 8
_load
disk=$(_null_blk size=10485760)
_area_format "$disk" --slots 2 --overwrite
_place_area $((10485760 * 1048576)) 2 64
# the one behind it is the trailer's
last=$((place_chunks - 2))
reference=$(_area_reference $((18 * 64)))
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1
ktap_test_result "chunks behind every edge can be written" dump
ktap_test_result "each of them and its record is in its place" chunks_are 0
ktap_test_result "so is what is around them" frame_is 0
ktap_test_result "so in the highest slot, behind 5 TiB" dump
ktap_test_result "there, too: each chunk and its record" chunks_are 1
ktap_test_result "there, too: what is around them" frame_is 1
ktap_test_result "both headers are in their places" headers_are
ktap_test_result "a chunk is known to be written already there, too" twice
_test_end
