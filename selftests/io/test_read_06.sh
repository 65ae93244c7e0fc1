#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_read_06.sh: a dump of an area is read back through the filters, which get their metadata of
# each chunk, and what they stored; what is not what was written is not given out (C40 to C43, D5, D19).
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

# A dump of 300 KiB is chunks 0 to 4, and the trailer

reads() {
	_session s0 "read $1" && _attr_is s0 state reading && _area_chunks s0 0 5 | head -c 307200 | cmp - "$2" &&
		_session s0 finish && _attr_is s0 state live
}

as_written() {
	_area_dump s0 "$first" && _area_dump s0 "$second" && sha256sum <"$disk" >"$TEST_TMP/before" &&
		reads 0 "$first" && reads 1 "$second" && reads 0 "$first" && sha256sum <"$disk" | cmp - "$TEST_TMP/before"
}

# options <of tag>...: of a stack that is live
options() {
	_live s0 0 && _set "$(printf '%s\n' "$@")" "$DUMPFLT_CONFIG/s0/10-tag/options" && _live s0 1
}

# The byte that the filter adds is no longer the one that it added
what_was_stored() {
	options n=9 && reads 1 "$second"
}

# Said by the trailer, which is behind the data, and a chunk of its own
trailer() {
	_session s0 'read 0' && _area_chunks s0 5 1 >"$TEST_TMP/trailer" && _is magic "$(head -c 15 "$TEST_TMP/trailer")" DUMPFLT-TRAILER &&
		_area_chunks s0 6 2 | tr -d '\000' | cmp - /dev/null &&
		_is writes "$("$HELPERS/pattern" write "$(_dev s0)" --size 64K >/dev/null 2>&1 && echo taken)" '' && _session s0 finish
}

# Less than a chunk is nothing that a filter could check
pieces() {
	_session s0 'read 0' && _fails 'not supported' dd if="$(_dev s0)" bs=4k count=1 iflag=direct &&
		_last_error_has s0 'whole chunks of 64 KiB are read' && _session s0 finish
}

# no <errno name> <word> <words>: it does not begin
no() {
	_set_fails "$1" "$2" "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 "$3"
}

no_dump() {
	_session s0 start && _session s0 abort && no EINVAL read "by 'read SLOT', a number below 4" &&
		no EINVAL 'read 4' 'a number below 4' && no EINVAL 'read x' '' && no ENODATA 'read 3' 'slot 3: there is no dump in it'
}

not_complete() {
	_session s0 start && dd if="$first" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null && _session s0 'abort for a test'
	failed=$(cat "$(_sysfs s0)/slot")
	no EBADMSG "read $failed" "slot $failed: it is not complete"
}

# once <offset> <command>...: with a bit of the disk flipped, and back
once() {
	once_at=$1
	shift
	flip "$once_at" && "$@"
	once_status=$?
	flip "$once_at" && return "$once_status"
}

flip() {
	flip_block=$(($1 / 4096))
	dd if="$disk" of="$TEST_TMP/block" bs=4096 skip="$flip_block" count=1 iflag=direct 2>/dev/null || return 1
	flip_byte=$(od -An -tu1 -j $(($1 % 4096)) -N 1 "$TEST_TMP/block" | tr -d ' ')
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf '%03o' $((flip_byte ^ 4)))" | dd of="$TEST_TMP/block" bs=1 seek=$(($1 % 4096)) conv=notrunc 2>/dev/null &&
		dd if="$TEST_TMP/block" of="$disk" bs=4096 seek="$flip_block" conv=notrunc oflag=direct 2>/dev/null
}

both_receipts() {
	flip "$(($(_place_receipt 0 0) + 100))" && once "$(($(_place_receipt 0 1) + 100))" no EBADMSG 'read 0' 'its receipt'
	both_status=$?
	flip "$(($(_place_receipt 0 0) + 100))" && return "$both_status"
}

# Each is found before the first filter starts
damaged_before() {
	once "$(($(_place_slot 0) + 105))" no EBADMSG 'read 0' 'its filter metadata' &&
		once "$(($(_place_of_record 0 2) + 20))" no EUCLEAN 'read 0' 'the record of the chunk at 131072' && both_receipts &&
		once "$(($(_place_receipt 0 0) + 100))" reads 0 "$first"
}

# fails_get <command>...: chunks 0 and 1 are read, then this, then chunk 2 is not
fails_get() {
	_session s0 'read 0' && _area_chunks s0 0 2 >"$TEST_TMP/got" && head -c 131072 "$first" | cmp - "$TEST_TMP/got" && "$@" &&
		! dd if="$(_dev s0)" of=/dev/null bs=64k skip=2 count=1 iflag=direct 2>/dev/null
}

# What changes behind the check at the start: the CRC of the chunk says so
chunk() {
	fails_get flip "$(($(_place_chunk 0 2) + 5000))" && _last_error_has s0 'read of the chunk at 131072: it is not what was written' &&
		! _session s0 finish 2>/dev/null && _attr_is s0 state failed && flip "$(($(_place_chunk 0 2) + 5000))" && reads 0 "$first"
}

patch() {
	"$HELPERS/areapatch" "$disk" "$1" 0 2
}

# Other bytes with the same CRC: the filter that sees them first says so
digest() {
	fails_get patch chunk && _last_error_has s0 "^filter 'digest': read of 65536 bytes at 131072 failed: -EBADMSG" &&
		! _session s0 finish 2>/dev/null && patch chunk && reads 0 "$first"
}

# to_nobody: of the dump nothing is given out, as its records are not those that the session began with
to_nobody() {
	_area_chunks s0 2 1 >"$TEST_TMP/got"
	_session s0 finish 2>/dev/null
	_is bytes "$(stat -c %s "$TEST_TMP/got")" 0 && _last_error_has s0 'read: slot 0: its records have changed since the session began' &&
		_attr_is s0 state failed && no EBADMSG 'read 0' 'the digest of the receipt'
}

# changed <what>...: behind the check at the start, and afterwards it is all as it was. "chunk tag" are right for each
# other, as who has the filter's key makes them: that the dump is read again, with a tag by the same hand, shows it
changed() {
	_session s0 'read 0' || return 1
	for changed_what; do
		patch "$changed_what" || return 1
	done
	to_nobody
	changed_status=$?
	for changed_what; do
		patch "$changed_what" || return 1
	done
	reads 0 "$first" && return "$changed_status"
}

# chunk_is <number>: of s1, whose dump is of 5 MiB
chunk_is() {
	_area_chunks s1 "$1" 1 >"$TEST_TMP/got" && dd if="$large" bs=64k skip="$1" count=1 2>/dev/null | cmp - "$TEST_TMP/got"
}

# Records of 2 KiB: those of 32 chunks are read at once, three times for this dump
elsewhere() {
	large=$(_area_reference 5120) && large_disk=$(_null_blk size=16) && _area_format "$large_disk" --slots 1 --record-size 2048 >/dev/null &&
		_area_stack s1 "$large_disk" && _filter_add s1 10-tag n=1 && _live s1 1 && _area_dump s1 "$large" &&
		_session s1 'read 0' && chunk_is 70 && chunk_is 3 && chunk_is 40 && _area_chunks s1 0 80 | cmp - "$large" && chunk_is 31 &&
		"$HELPERS/areapatch" "$large_disk" record 0 70 && chunk_is 0 && chunk_is 32 && chunk_is 63 && ! _area_chunks s1 71 1 >"$TEST_TMP/got"
	_is bytes "$(stat -c %s "$TEST_TMP/got")" 0 && _last_error_has s1 'its records have changed' && ! _session s1 finish 2>/dev/null &&
		_remove_stack s1 && _forget stack s1
}

# A filter must leave what was kept as it is
scribble() {
	options n=1 scribble=1 && _session s0 'read 1' && ! _area_chunks s0 0 1 >/dev/null
	_last_error_has s0 'wrote to its chunk metadata in a read' && ! _session s0 finish 2>/dev/null
}

other_key() {
	options n=1 key=7 && no EBADMSG 'read 1' 'the MAC of its receipt is wrong' && options n=1 && reads 1 "$second"
}

other_filters() {
	_live s0 0 && _filter_add s0 30-trace && _live s0 1 && no EPERM 'read 1' 'slot 1: it was written by other filters' &&
		_live s0 0 && rmdir "$DUMPFLT_CONFIG/s0/30-trace"
}

plain() {
	_stack_create p "$(_null_blk size=1)" && _live p 1 && _set_fails EINVAL 'read 0' "$DUMPFLT_CONFIG/p/session" &&
		_last_error_has p 'no slots without a dump area' && _dump p --size 64K && _session p read && _session p finish &&
		_remove_stack p && _forget stack p
}

_test_begin 16
_load
modprobe dumpflt-tag && modprobe dumpflt-digest
disk=$(_null_blk size=16)
first=$(_area_reference 300)
second=$TEST_TMP/second
head -c 307200 /dev/urandom >"$second"
_area_format "$disk" --slots 4 --record-size 64 >/dev/null
_place_area $((16 * 1048576)) 4 64
_area_stack s0 "$disk"
_filter_add s0 10-tag n=1
_filter_add s0 20-digest
_live s0 1
ktap_test_result "two dumps are read, as they were written; nothing is (C40, C41, D5)" as_written
ktap_test_result "a filter gets what it stored when the dump was written" what_was_stored
ktap_test_result "behind the data is the trailer, behind that zeros; no write is taken" trailer
ktap_test_result "less than a chunk is refused" pieces
ktap_test_result "where there is no dump none is read" no_dump
ktap_test_result "nor one that is not complete" not_complete
ktap_test_result "damage to metadata, record or receipts is found before a filter starts; one receipt will do" damaged_before
ktap_test_result "a chunk that has changed is not given out (C43)" chunk
ktap_test_result "nor one whose digest is wrong, with the CRC that it had (C42)" digest
ktap_test_result "a record that has changed since the session began is not used (D19)" changed record
ktap_test_result "nor is it with a chunk that it is right for, made by who has the key (D19)" changed chunk tag
ktap_test_result "records far behind are known again as well, and only what was read with them is refused (D19)" elsewhere
ktap_test_result "a filter may not change its metadata" scribble
ktap_test_result "another key of the receipt's MAC: no" other_key
ktap_test_result "other filters than it was written by: no" other_filters
ktap_test_result "a plain stack has no slots" plain
_test_end
