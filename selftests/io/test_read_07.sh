#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_read_07.sh: a dump of an area is read while others want its stack or its disk, by several at
# once, and from a disk that goes away (C31, C33, C43, C44).
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

same() {
	_area_chunks s0 0 5 | head -c 307200 | cmp - "$dump"
}

sum() {
	dd if="$disk" bs=64k iflag=direct 2>/dev/null | sha256sum
}

# Nobody gets in between, and the reader does not notice that somebody wanted to
wanted() {
	before=$(sum)
	_session s0 'read 0' && _area_chunks s0 0 2 >/dev/null && _set_fails EBUSY start "$DUMPFLT_CONFIG/s0/session" &&
		_set_fails EBUSY 'read 0' "$DUMPFLT_CONFIG/s0/session" &&
		_fails 'Input/output error' dd if="$dump" of="$(_dev s0)" bs=64k count=1 oflag=direct &&
		_fails stack "$TOOL" release --slot 0 "$disk" && same && _session s0 finish && _is disk "$(sum)" "$before"
}

# Who takes the stack down ends it
taken_down() {
	_session s0 'read 0' && _area_chunks s0 0 2 | cmp -n 131072 - "$dump" && _live s0 0 &&
		_live s0 1 && _fails 'Input/output error' dd if="$(_dev s0)" of=/dev/null bs=64k count=1 iflag=direct &&
		_session s0 'read 0' && same && _session s0 finish
}

two() {
	_session s0 'read 0' || return 1
	for n in 1 2 3 4 5 6 7 8; do
		same || echo "reader 1, pass $n"
	done >"$TEST_TMP/one" 2>&1 &
	two_one=$!
	for n in 1 2 3 4 5 6 7 8; do
		for chunk in 4 3 2 1 0; do
			_area_chunks s0 "$chunk" 1 >"$TEST_TMP/chunk.$chunk"
		done
		cat "$TEST_TMP"/chunk.[0-4] | head -c 307200 | cmp - "$dump" || echo "reader 2, pass $n"
	done >"$TEST_TMP/two" 2>&1
	wait "$two_one"
	_session s0 finish && cat "$TEST_TMP/one" "$TEST_TMP/two" && [ ! -s "$TEST_TMP/one" ] && [ ! -s "$TEST_TMP/two" ]
}

# table <dm target>: of the whole disk, from now on
table() {
	dmsetup reload "gone$$" --table "0 $(_sectors "$lower") $1" && dmsetup suspend --nolockfs "gone$$" && dmsetup resume "gone$$"
}

# It is gone in the middle: an error for who reads, never bytes of something else; and the next session reads again
gone() {
	_session s0 'read 0' && _area_chunks s0 0 2 | cmp -n 131072 - "$dump" && table error || return 1
	_area_chunks s0 2 1 >"$TEST_TMP/got"
	gone_chunk=$(stat -c %s "$TEST_TMP/got")
	_session s0 finish 2>/dev/null
	_set_fails EIO 'read 0' "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 'cannot be read' && table "linear $lower 0" &&
		_is "bytes of the chunk that was gone" "$gone_chunk" 0 && _session s0 'read 0' && same && _session s0 finish
}

# It is another disk in the middle, with a dump of its own in the same place
other() {
	_session s0 'read 0' && _area_chunks s0 0 1 >/dev/null && table "linear $another 0" && ! _area_chunks s0 2 1 >"$TEST_TMP/got"
	other_status=$?
	_session s0 finish 2>/dev/null
	table "linear $lower 0" && [ "$other_status" -eq 0 ] && _is bytes "$(stat -c %s "$TEST_TMP/got")" 0 &&
		_session s0 'read 0' && same && _session s0 finish
}

# What reads takes no memory that it has not had since the stack went live
nothing_allocated() {
	_watch_anew && _session s0 'read 0' && same && _session s0 finish && _is allocations "$(_allocations)" 0
}

# A filter of others that changes what it gets, and has no way back
no_way_back() {
	_live s0 0 && rmdir "$DUMPFLT_CONFIG/s0/10-tag" && _filter_add s0 10-fault flags=20 readable=0 && _live s0 1 &&
		_set_fails EOPNOTSUPP 'read 0' "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 "^filter 'fault': changes data but cannot read it back"
}

_test_begin 7
_load_watched
modprobe dumpflt-tag
lower=$(_null_blk size=16)
another=$(_null_blk size=16)
disk=$(_dm "gone$$" "0 $(_sectors "$lower") linear $lower 0")
dump=$(_area_reference 300)
_area_format "$disk" --slots 2 --record-size 64 >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-tag n=1
_live s0 1
_area_dump s0 "$dump"
# A dump of the same area and filters that is none of this session
dd if="$lower" of="$another" bs=64k oflag=direct 2>/dev/null
_place_area $((16 * 1048576)) 2 64
dd if=/dev/urandom of="$another" bs=64k seek=$(($(_place_chunk 0 2) / 65536)) count=1 oflag=direct 2>/dev/null
ktap_test_result "another dump, another reader, a write, a release: refused while it is read" wanted
ktap_test_result "the stack is taken down while it is read; the next one reads it" taken_down
ktap_test_result "two who read at once get what was written" two
ktap_test_result "the disk is gone in the middle: an error, and no bytes (C43)" gone
ktap_test_result "the disk is another one in the middle: likewise" other
ktap_test_result "nothing is allocated in a session that reads (C44)" nothing_allocated
ktap_test_result "what changes data and cannot undo it is not read (C41)" no_way_back
_test_end
