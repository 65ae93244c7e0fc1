#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_10.sh: slow is not silent, for whatever is asked: a block of records that has to
# wait behind chunks, and a write after a pause, while somebody's read is not answered (C50,
# F1, F3).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# Takes as many requests as come, and hands on one after the other
in_turn() {
	[ -e /dev/loop-control ] || _modprobe loop || return 1
	in_turn_dev=$(losetup -f) && losetup "$in_turn_dev" "$1" && _record loop "$in_turn_dev" &&
		"$HELPERS/blkop" loopdirect "$in_turn_dev" 0 1 && echo "$in_turn_dev"
}

has_two_chunks() {
	read -r two_bytes <"$(_sysfs s0)/dump_bytes" && [ "$two_bytes" -ge 131072 ]
}

# One answer in 400 ms, with a deadline of 3 s. Two chunks fill a block of records, which a checkpoint
# waits for, behind the fourteen that were sent before: that takes 5 s
behind_chunks() {
	_session s0 start || return 1
	"$HELPERS/pattern" write "$(_dev s0)" --size 2M --block 64K --threads 16 &
	writers=$!
	_soon 10 has_two_chunks && dd if=/dev/null of="$(_dev s0)" conv=notrunc,fsync 2>/dev/null
	behind_status=$?
	wait "$writers" && _session s0 finish && [ "$behind_status" -eq 0 ] && _attr_is s0 state complete &&
		_attr_is s0 last_error ''
}

# A write takes 2.5 s, with a deadline of 4, and is asked for after 6 s without any answer
after_pause() {
	_session s1 start && dmsetup suspend --nolockfs "stuck$$" || return 1
	dd if="$(_dev s1)" of=/dev/null bs=4k skip=256 count=1 iflag=direct 2>/dev/null &
	reader=$!
	_soon 5 _in_flight s1 && "$HELPERS/pattern" write "$(_dev s1)" --size 64K && usleep 6000000 &&
		"$HELPERS/pattern" write "$(_dev s1)" --offset 64K --size 64K && _session s1 finish &&
		_attr_is s1 state complete && _attr_is s1 last_error ''
	pause_status=$?
	dmsetup resume "stuck$$"
	wait "$reader"
	return "$pause_status"
}

_test_begin 2
_load
disk=$(_null_blk size=8 irqmode=2 completion_nsec=400000000 hw_queue_depth=1 submit_queues=1)
_area_format "$disk" --slots 1 --overwrite --record-size 2048 >/dev/null
_area_stack s0 "$(in_turn "$disk")"
_set 3000 "$DUMPFLT_CONFIG/s0/timeout_ms"
_filter_add s0 10-digest
_live s0 1
ktap_test_result "records behind fourteen chunks, each slow" behind_chunks
slow=$(_null_blk size=1 irqmode=2 completion_nsec=2500000000)
stuck=$(_dm "stuck$$" "0 2048 linear $(_null_blk size=1) 0")
_stack_create s1 "$(_dm "both$$" "0 2048 linear $slow 0
2048 2048 linear $stuck 0")" timeout_ms=4000
_live s1 1
ktap_test_result "a slow write after a pause, and a read without an answer" after_pause
_test_end
