#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hostile_04.sh: a chunk record that is changed on the disk during the dump, its
# own check made to fit: no digest, and no MAC, vouches for it (F3). And a small area in
# front of another one: no stack goes live.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

write_dump() {
	_session s0 start && dd if="$reference" of="$(_dev s0)" bs=64k oflag=direct conv=fsync 2>/dev/null
}

# The fsync was a checkpoint: all records are there
forged() {
	write_dump && "$HELPERS/areapatch" "$disk" record 0 3 &&
		_set_fails EUCLEAN finish "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 'the records of the chunks are not those that were written' &&
		_area_is "$disk" 0 FAILED
}

untouched() {
	write_dump && _session s0 finish && _area_is "$disk" 1 COMPLETE && _area_same "$disk" 1 "$reference"
}

two_areas() {
	_remove_stack s0 && _forget stack s0 && dd if=/dev/zero of="$TEST_TMP/small" bs=1M count=8 2>/dev/null &&
		"$TOOL" format --force --slots 1 "$TEST_TMP/small" >/dev/null &&
		dd if="$TEST_TMP/small" of="$disk" bs=1M oflag=direct 2>/dev/null && _area_stack s0 "$disk" &&
		_set_fails EINVAL 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 'another dump area ends where the target ends' &&
		_set 0 "$DUMPFLT_CONFIG/s0/area" && _set_fails EEXIST 1 "$DUMPFLT_CONFIG/s0/live" &&
		_fails 'another dump area ends where' "$TOOL" show "$disk"
}

_test_begin 3
_load
disk=$(_null_blk size=40)
reference=$(_area_reference 15360)
_area_format "$disk" --slots 2 >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1
ktap_test_result "one record of another kind: the dump has failed" forged
ktap_test_result "the next one is complete" untouched
ktap_test_result "a small area in front of it: neither is used" two_areas
_test_end
