#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_age_11.sh: where a chunk is sealed from, and the room for the tag behind
# where it goes (C38).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/capture.sh
. "$SELFTESTS/lib/capture.sh"

# How many chunks of 64 can be sealed from where they are: kernels without huge pages, or before
# 6.1, make no piece of a program's memory
least_in_one_piece() {
	case $(uname -r) in
	5.* | 6.0.*) echo 0 ;;
	*) [ -e /sys/kernel/mm/transparent_hugepage ] && echo 64 || echo 0 ;;
	esac
}

# What capture writes of the dump, 64 chunks and a bit, is not copied before it is sealed
one_piece() {
	_area_format "$disk" --slots 1 --filter "age,recipient=$(_age_key alice)" >/dev/null && _capture_makedumpfile &&
		: >"$TEST_TMP/vmcore" || return 1
	cat >"$TEST_TMP/conf" <<-END
		[stack]
		name = f
		target = $disk
		[dump]
		vmcore = $TEST_TMP/vmcore
		makedumpfile = $TEST_TMP/makedumpfile
		log = no
	END
	_events_on dumpflt/dumpflt_session &&
		_probe_on "p:dumpflt_test/test_write dumpflt_age:age_write pieces=+16(%si):u32" || return 1
	"$TOOL" capture -c "$TEST_TMP/conf"
	one_piece_status=$?
	_events_stop
	_probe_off
	[ "$one_piece_status" -eq 0 ] || return 1
	pieces=$(_event_fields test_write pieces | grep -cx 1)
	echo "in one piece: $pieces of $(_events test_write | wc -l)"
	[ "$pieces" -ge "$(least_in_one_piece)" ] &&
		"$TOOL" verify --identity "$TEST_TMP/alice.key" "$disk" | grep 'complete, authentic and intact'
}

# The kernel's allocator of bounce buffers: newer kernels have it behind a macro
allocator() {
	grep -qw alloc_pages_exact /proc/kallsyms && echo alloc_pages_exact || echo alloc_pages_exact_noprof
}

# sizes: of what is allocated when s0 goes live, to $TEST_TMP/sizes
sizes() {
	_events_on dumpflt/dumpflt_session && _probe_on "p:dumpflt_test/test_exact $(allocator) size=%di:u64" || return 1
	_live s0 1
	sizes_status=$?
	_events_stop
	_probe_off
	_event_fields test_exact size >"$TEST_TMP/sizes"
	return "$sizes_status"
}

of_size() {
	grep -cx "$1" "$TEST_TMP/sizes"
}

# 64 KiB each, and 64 bytes behind each of them if a filter has asked for that, as the data may be
# in any: one for each request, two if two filters want some, and one for what goes nowhere
room() {
	other=$(_null_blk size=16)
	_area_format "$other" --slots 1 && _area_stack s0 "$other" && _filter_add s0 10-template && sizes || return 1
	plain=$(of_size 65536)
	_is "with room, and nobody wants it" "$(of_size 65600)" 0 &&
		_live s0 0 && _filter_add s0 20-age "recipient=$(_age_key alice)" && sizes || return 1
	# the core has others of that size
	requests=$((plain - $(of_size 65536) - 1))
	echo "requests: $requests"
	[ "$requests" -ge 16 ] && _is "with room" "$(of_size 65600)" $((1 + 2 * requests))
}

_have "$TRACING/kprobe_events"
_test_begin 2
_load
disk=$(_null_blk size=16)
ktap_test_result "what capture writes is sealed from where it is" one_piece
ktap_test_result "behind each bounce buffer is room for a tag, if a filter needs it (C38)" room
_test_end
