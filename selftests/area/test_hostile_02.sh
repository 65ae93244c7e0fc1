#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hostile_02.sh: one receipt that somebody has changed, so that it says that
# nothing is in the slot: kernel and tool both believe the other one, too, and keep
# the dump.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

other_receipt_is() {
	_fails 'receipts contradict' "$TOOL" verify --slot 0 "$disk" && _area_has "$disk" 0 "\"state\":\"(FAILED|COMPLETE)\""
}

# forged <copy>: the one slot that there is is kept by everybody
forged() {
	_area_format "$disk" --slots 1 >/dev/null && _live s0 1 && _area_dump s0 "$reference" && _live s0 0 &&
		"$HELPERS/areapatch" "$disk" receipt 0 "$1" && other_receipt_is && by_tool && by_kernel && other_receipt_is
}

by_kernel() {
	_live s0 1 && _set_fails ENOSPC start "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 'no free slot' && _live s0 0
}

by_tool() {
	mkdir -p "$TEST_TMP/folder" && _fails 'not COMPLETE' "$TOOL" collect --release "$disk" "$TEST_TMP/folder" &&
		_fails 'all of them hold dumps' "$TOOL" create s1 --target "$disk" --area --filter digest
}

# If both say so, and are alike, it is so
both() {
	"$HELPERS/areapatch" "$disk" receipt 0 0 && "$HELPERS/areapatch" "$disk" receipt 0 1 && _live s0 1 &&
		_session s0 start && _session s0 abort && _live s0 0
}

_test_begin 3
_load
disk=$(_null_blk size=20)
reference=$(_area_reference 1024)
_area_stack s0 "$disk"
_filter_add s0 10-digest
ktap_test_result "receipt A alone says that nothing is there" forged 0
ktap_test_result "receipt B alone" forged 1
ktap_test_result "both: the slot is free" both
_test_end
