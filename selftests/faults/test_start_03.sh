#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_start_03.sh: of a dump whose header was written, and never flushed, the tool knows as
# much as the kernel: it takes the slot for the next dump, and writes no header that
# takes the slot away (C50).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/unflushed.sh
. "$SELFTESTS/lib/unflushed.sh"

# flush_silent [<dump before>]...: the disk as it is afterwards
flush_silent() {
	_area_stack s0 "$outer" && _set 1000 "$DUMPFLT_CONFIG/s0/timeout_ms" && _live s0 1 || return 1
	for before; do
		_area_dump s0 "$before" || return 1
	done
	_start_unflushed s0 && _soon 5 _live s0 0 && _remove_stack s0 && _forget stack s0
}

# One that the tool makes takes the slot
created() {
	flush_silent && "$TOOL" create s1 --target "$outer" --area 2>"$TEST_TMP/said" &&
		grep -q 'nothing of it is there' "$TEST_TMP/said" && _record stack s1 && _area_dump s1 "$reference" &&
		_remove_stack s1 && _forget stack s1 && _area_is "$outer" 0 COMPLETE
}

# has_room: for two dumps, and no third
has_room() {
	_area_stack s0 "$outer" && _live s0 1 && _area_dump s0 "$reference" && _area_dump s0 "$reference" &&
		_set_fails ENOSPC start "$DUMPFLT_CONFIG/s0/session" && _remove_stack s0 && _forget stack s0 &&
		_area_is "$outer" 0 COMPLETE && _area_is "$outer" 1 COMPLETE
}

collected() {
	_area_format "$outer" --slots 2 >/dev/null && flush_silent "$reference" && mkdir -p "$TEST_TMP/folder" &&
		"$TOOL" collect --release "$outer" "$TEST_TMP/folder" 2>/dev/null >"$TEST_TMP/said" &&
		grep -q 'slot 1: nothing in it; released' "$TEST_TMP/said" && has_room
}

released() {
	_area_format "$outer" --slots 2 >/dev/null && flush_silent "$reference" &&
		"$TOOL" release --slot 0 "$outer" && has_room
}

_test_begin 3
_load
_unflushed_disk
reference=$(_area_reference 256)
ktap_test_result "a stack that the tool makes takes the slot" created
ktap_test_result "collect --release of another slot leaves it free" collected
ktap_test_result "release of another slot does" released
_test_end
