#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_07.sh: a target that answers each read in time, but hardly so, does not hold up
# a stack that goes live for as long as it has slots: all of its reads have one deadline (C50).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

SLOTS=12

fill() {
	nr=0
	while [ "$nr" -lt "$SLOTS" ]; do
		_area_dump s0 "$reference" || return 1
		nr=$((nr + 1))
	done
	_live s0 0 && _live s0 1 && _live s0 0
}

# 600 ms for each of two receipts of each slot, with a deadline of 1000 for one
hardly() {
	slow=$(_null_blk size=8 irqmode=2 completion_nsec=600000000) || return 1
	dd if="$fast" of="$slow" bs=8M oflag=direct 2>/dev/null && _area_stack s1 "$slow" && _set 1000 "$DUMPFLT_CONFIG/s1/timeout_ms" ||
		return 1
	read -r begin _ </proc/uptime
	_set_fails ETIMEDOUT 1 "$DUMPFLT_CONFIG/s1/live" || return 1
	read -r end _ </proc/uptime
	[ "$((${end%.*} - ${begin%.*}))" -le 12 ] || { echo "from $begin to $end s"; return 1; }
	_last_error_has s1 'at the end of the time for all that is read to go live'
}

# With time enough the same area is as good as any
enough() {
	_set 90000 "$DUMPFLT_CONFIG/s1/timeout_ms" && _soon 5 _live s1 1 && _live s1 0
}

_test_begin 3
_load
fast=$(_null_blk size=8)
reference=$(_area_reference 64)
_area_format "$fast" --slots "$SLOTS" >/dev/null
_area_stack s0 "$fast"
_live s0 1
ktap_test_result "$SLOTS dumps, and live again" fill
ktap_test_result "slow reads, one after the other: one deadline for all" hardly
ktap_test_result "with more time it goes live" enough
_test_end
