#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_05.sh: what the core itself asks of a slow target counts as what its writer
# asks: each answer is a sign of life; and a flush that it answers too late is an error to
# whoever waits for it (C50, F4, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# Each in a block of records of its own, so that a flush has to write thirteen of those: 250 ms
# each and one after the other, with a deadline of 1.5 s
far_chunks() {
	_session s0 start || return 1
	for chunk in 0 2 4 6 8 10 12 14 16 18 20 22; do
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 seek="$chunk" oflag=direct conv=notrunc 2>/dev/null || return 1
	done
	dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 seek=24 oflag=direct conv=notrunc,fsync 2>/dev/null &&
		_attr_is s0 state started && _attr_is s0 last_error '' && _session s0 abort
}

# The dump has failed while the target was silent: whoever asks for it to be durable learns of it
late_flush() {
	_session s1 start && "$HELPERS/pattern" write "$(_dev s1)" --size 64K && dmsetup suspend --nolockfs "stuck$$" ||
		return 1
	dd if=/dev/null of="$(_dev s1)" conv=notrunc,fsync 2>/dev/null &
	flusher=$!
	_soon 6 _last_error_has s1 'flush: the target has not answered for 1500 ms'
	late_status=$?
	dmsetup resume "stuck$$"
	wait "$flusher" && { echo "fsync succeeded"; return 1; }
	[ "$late_status" = 0 ] && _set_fails ETIMEDOUT finish "$DUMPFLT_CONFIG/s1/session" &&
		_attr_is s1 state failed
}

_test_begin 2
_load
slow=$(_null_blk size=8 irqmode=2 completion_nsec=250000000 hw_queue_depth=1 submit_queues=1)
_area_format "$slow" --slots 1 --record-size 2048 >/dev/null
_area_stack s0 "$slow"
_set 1500 "$DUMPFLT_CONFIG/s0/timeout_ms"
_live s0 1
ktap_test_result "a flush writes many records to a slow target: it is not silent" far_chunks
disk=$(_null_blk size=1 cache_size=1)
_stack_create s1 "$(_dm "stuck$$" "0 2048 linear $disk 0")" timeout_ms=1500
_live s1 1
ktap_test_result "a flush that is answered too late fails" late_flush
_test_end
