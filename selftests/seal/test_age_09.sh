#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_age_09.sh: whatever goes wrong before or behind the age filter, nothing
# of the dump is on the disk in the clear, and nothing is called complete
# (C27, C28, C30, C32, C45, C49, C56, F7).
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
# What a kernel with DEBUG_ATOMIC_SLEEP says of the fault 'sleep'
export DMESG_EXPECT='scheduling in a non-blocking section|Call Trace'

# A disk without anything of the tests before
new_area() {
	dd if=/dev/zero of="$disk" bs=1M oflag=direct 2>/dev/null
	_area_format "$disk" --slots 1 >/dev/null
}

# stack <before|behind> <fault option>...
stack() {
	number=10
	[ "$1" = before ] || number=30
	shift
	new_area && _area_stack s0 "$disk" check_source=1 && _filter_add s0 "$number-fault" "$@" &&
		_filter_add s0 20-age "recipient=$alice" && _filter_add s0 40-digest && _live s0 1
}

gone() {
	gone_status=$?
	_remove_stack s0 && _forget stack s0 && return "$gone_status"
}

# 512 KiB, and as long as that works
write() {
	dd if="$reference" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null
}

nothing_clear() {
	dd if="$disk" of="$TEST_TMP/disk" bs=1M iflag=direct 2>/dev/null || return 1
	! grep -aqF "$canary" "$TEST_TMP/disk" && return 0
	echo "the dump is on the disk in the clear"
	return 1
}

# failed <errno>: by now, and the filters' ends do not change that
failed() {
	_set_fails "$1" finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_area_is "$disk" 0 FAILED && nothing_clear
}

in_write() {
	{
		stack "$1" "mode=$3" at=write call=3 && _session s0 start && ! write && failed "$2"
	}
	gone
}

# in_writes <errno> <mode>: on either side
in_writes() {
	in_write before "$1" "$2" && in_write behind "$1" "$2"
}

in_start() {
	{
		stack "$1" mode=error at=start errno=5 &&
			_set_fails EIO start "$DUMPFLT_CONFIG/s0/session" && ! write &&
			_area_is "$disk" 0 FAILED && nothing_clear
	}
	gone
}

in_finish() {
	{
		stack "$1" mode=error at=finish errno=5 && _session s0 start && write && failed EIO
	}
	gone
}

# The trailer: chunk 8
in_trailer() {
	{
		stack "$1" mode=error at=write call=9 errno=5 && _session s0 start && write && failed EIO
	}
	gone
}

# Behind age a filter may change what is not the source. Whoever has the key knows
changed_behind() {
	{
		stack behind mode=scribble at=write call=3 && _session s0 start && write &&
			_session s0 finish && nothing_clear &&
			_fails 'tag is wrong' "$TOOL" verify --identity "$TEST_TMP/alice.key" "$disk"
	}
	gone
}

# Slow, but right: sealed like any other
slow() {
	{
		stack "$1" mode=delay at=write every=1 ms=2 && _session s0 start && write &&
			_session s0 finish && nothing_clear && authentic
	}
	gone
}

authentic() {
	"$TOOL" verify --identity "$TEST_TMP/alice.key" "$disk" | grep authentic
}

aborted() {
	{
		stack before && _session s0 start && write && _session s0 abort &&
			_area_is "$disk" 0 FAILED && nothing_clear
	}
	gone
}

interrupted() {
	{
		stack before && _session s0 start && write && _live s0 0 &&
			_area_is "$disk" 0 INTERRUPTED && nothing_clear
	}
	gone
}

# Without age this search finds what it looks for
clear_without() {
	{
		new_area && _area_stack s0 "$disk" && _filter_add s0 10-fault && _live s0 1 &&
			_session s0 start && write && _session s0 finish && ! nothing_clear >/dev/null
	}
	gone
}

_test_begin 18
_load
canary="canary-$$-of-a-dump"
reference=$TEST_TMP/reference
while :; do echo "$canary"; done | head -c 524288 >"$reference"
alice=$(_age_key alice)
disk=$(_null_blk size=4)
ktap_test_result "without age the dump is on the disk in the clear" clear_without
ktap_test_result "fault 'error', before age and behind it" in_writes EIO error
for mode in positive length offset foreign nrsegs descriptor ext sleep; do
	ktap_test_result "fault '$mode', before age and behind it" in_writes EPROTO "$mode"
done
# It asks for bounce buffers, and what does so is not taken behind age: test_age_05.sh
ktap_test_result "fault 'misaligned' before age" in_write before EPROTO misaligned
ktap_test_result "fault 'scribble' before age" in_write before EPROTO scribble
ktap_test_result "fault 'scribble' behind age: who has the key knows" changed_behind
ktap_test_result "fault 'delay': slow, and sealed" eval 'slow before && slow behind'
ktap_test_result "a start fails" eval 'in_start before && in_start behind'
ktap_test_result "a finish fails" eval 'in_finish before && in_finish behind'
ktap_test_result "the trailer fails" eval 'in_trailer before && in_trailer behind'
ktap_test_result "the writer aborts, or the stack goes" eval 'aborted && interrupted'
_test_end
