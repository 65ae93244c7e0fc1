#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hostile_01.sh: a header whose counters somebody has set to their end: no dump
# is begun that a reader would refuse, and what is in the area can be read (F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

limit=$((1 << 62))

# What was there is there, and the tool changes no header either
kept() {
	_area_is "$disk" 0 COMPLETE && _area_same "$disk" 0 "$reference" &&
		_fails 'has counted to its end' "$TOOL" release --slot 0 "$disk" && _area_is "$disk" 0 COMPLETE
}

# spent <counter> <value>: refused when the stack goes live
spent() {
	"$HELPERS/areapatch" "$disk" "$1" "$2" && _set_fails EOVERFLOW 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 'has counted to its end' && _area_is "$disk" 0 COMPLETE &&
		_area_same "$disk" 0 "$reference"
}

# Two changes of the header are left: one dump, and then none
last_dump() {
	"$HELPERS/areapatch" "$disk" sequence $((limit - 2)) && _live s0 1 && _area_dump s0 "$reference" &&
		_set_fails EOVERFLOW start "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 'has counted to its end' &&
		_live s0 0 && _area_is "$disk" 1 COMPLETE && _area_same "$disk" 1 "$reference"
}

_test_begin 4
_load
disk=$(_null_blk size=20)
reference=$(_area_reference 1024)
_area_format "$disk" --slots 3 >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1
_area_dump s0 "$reference"
_live s0 0
ktap_test_result "the last session" spent sessions "$limit"
"$HELPERS/areapatch" "$disk" sessions 1
ktap_test_result "no room for a session's two headers" spent sequence $((limit - 1))
ktap_test_result "one dump has room, and is whole" last_dump
ktap_test_result "what is there stays, and can be read" kept
_test_end
