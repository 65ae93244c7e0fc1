#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_01.sh: buffers and metadata that a filter gets wrong: who promises to change data
# has a callback for it, a buffer is nobody else's, and a byte too many of metadata is found
# (C38, C39, D10).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# Flags: CRITICAL 1, READ 2, BOUNCE 4, PASS 16
no_write() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong flags=5 without=write &&
		_set_fails EPROTO 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 "filter 'wrong': init failed: took BOUNCE and has no write callback"
}

means_it() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong flags=21 without=write && _live s0 1 &&
		_dump s0 --size 64K && _attr_is s0 state complete
}

# byte_of <NN-name option...>, behind template: the byte that stands for a byte of zeros
behind() {
	_stack_create s0 "$disk" && _filter_add s0 10-template key=0x55 && _filter_add s0 20-wrong "$@" &&
		_live s0 1 && _session s0 start &&
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=2 oflag=direct 2>/dev/null &&
		_session s0 finish && _attr_is s0 state complete
}

# on_disk <octal digits of a byte>: all of the dump is that byte
on_disk() {
	_is "bytes but \\$1 on the disk" "$(dd if="$disk" bs=64k count=2 iflag=direct 2>/dev/null | tr -d "\\$1" | wc -c)" 0
}

# 0x55 ^ 0x4b
onepass() {
	behind flags=5 write=onepass && on_disk 036
}

scratch() {
	behind flags="$1" write=scratch && on_disk 125
}

# And the third is in place again, on what the second has made
third() {
	_stack_create s0 "$disk" && _filter_add s0 10-template key=0x55 && _filter_add s0 20-wrong flags=5 write=onepass &&
		_filter_add s0 30-add && _live s0 1 && _session s0 start &&
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=2 oflag=direct 2>/dev/null &&
		_session s0 finish && _attr_is s0 state complete &&
		_is "kinds of bytes" "$(dd if="$disk" bs=64k count=2 iflag=direct 2>/dev/null | od -An -v -tx1 -w1 | sort -u | wc -l)" 1 &&
		! on_disk 036
}

# Who installs a buffer that he has not filled sends out nothing that was there before the cipher
unfilled() {
	yes 'in the clear' | head -c 131072 >"$TEST_TMP/clear"
	_stack_create s0 "$disk" && _filter_add s0 10-template key=0 && _filter_add s0 20-wrong flags=5 write=onepass &&
		_filter_add s0 30-add unfilled=1 && _live s0 1 && _session s0 start &&
		dd if="$TEST_TMP/clear" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null &&
		_session s0 finish && ! dd if="$disk" bs=64k count=2 iflag=direct 2>/dev/null | grep -q 'in the clear'
}

# broken <words> <option>...
broken() {
	broken_words=$1
	shift
	_stack_create s0 "$disk" && _filter_add s0 10-wrong "$@" && _live s0 1 && _session s0 start || return 1
	dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >/dev/null
	_attr_is s0 state failed && _last_error_has s0 "filter 'wrong': write of 65536 bytes at 0: $broken_words"
}

# broken_read <words> <word>
broken_read() {
	_stack_create s0 "$disk" && _filter_add s0 10-wrong flags=23 read="$2" && _live s0 1 && _dump s0 --size 64K &&
		_session s0 read || return 1
	dd if="$(_dev s0)" of=/dev/null bs=64k count=1 iflag=direct 2>/dev/null
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >/dev/null
	_last_error_has s0 "filter 'wrong': read of 65536 bytes at 0: $1"
}

# metadata <bytes> <record size> <state>
metadata() {
	_area_format "$disk" --slots 1 --record-size "$2" && _area_stack s0 "$disk" &&
		_filter_add s0 10-wrong flags=1 metadata=8 write=metadata number="$1" && _live s0 1 && _session s0 start || return 1
	dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >/dev/null
	_area_is "$disk" 0 "$3" || return 1
	[ "$3" = COMPLETE ] ||
		_last_error_has s0 "filter 'wrong': write of 65536 bytes at 0: wrote behind its chunk metadata"
}

_test_begin 17
_load
disk=$(_null_blk size=40)
ktap_test_result "BOUNCE without a write callback does not go live" _alone s0 no_write
ktap_test_result "with PASS it means it" _alone s0 means_it
ktap_test_result "a second filter's buffer is not where the first one's data is" _alone s0 onepass
ktap_test_result "a third one works on what the second one made" _alone s0 third
ktap_test_result "an empty one shows nothing of what the first one had" _alone s0 unfilled
ktap_test_result "a buffer that is not installed harms nobody (PASS)" _alone s0 scratch 21
ktap_test_result "nor without PASS" _alone s0 scratch 5
ktap_test_result "a foreign buffer is not made good by the right one" _alone s0 broken \
	'set a buffer that is not its own bounce buffer' flags=5 write=foreign
ktap_test_result "nor the right one by none" _alone s0 broken \
	'set a buffer that is not its own bounce buffer' flags=5 write=nothing
ktap_test_result "a read has no bounce buffer" _alone s0 broken_read 'called dumpflt_bounce\(\) in a read' bounce
ktap_test_result "a read installs none" _alone s0 broken_read 'set a buffer in a read' nothing
ktap_test_result "all of its metadata" _alone s0 metadata 8 64 COMPLETE
ktap_test_result "a byte more" _alone s0 metadata 9 64 FAILED
ktap_test_result "up to the end of the record" _alone s0 metadata 56 64 FAILED
ktap_test_result "and behind it" _alone s0 metadata 60 64 FAILED
ktap_test_result "in a record of 128 bytes" _alone s0 metadata 128 128 FAILED
ktap_test_result "the disk may be used afterwards" _alone s0 metadata 8 128 COMPLETE
_test_end
