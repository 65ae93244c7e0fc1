#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_age_03.sh: a target that is silent while a sealed dump is written: the dump
# is not complete, and the next one on the same stack has a key of its own (C50, C62).
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

write_stuck() {
	_session s0 start && dmsetup suspend --nolockfs "stuck$$" || return 1
	# Not a function: its shell would keep our caller's pipe open
	dd if="$reference" of="$(_dev s0)" bs=64k oflag=direct >"$TEST_TMP/writer" 2>&1 &
	_soon 10 _in_flight s0 && usleep 300000
	_set_fails ETIMEDOUT finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed
}

torn() {
	_area_has "$disk" 0 '"state":"STARTED"' &&
		_fails 'torn' "$TOOL" verify --slot 0 --identity "$TEST_TMP/alice.key" "$disk"
}

next_dump() {
	usleep 200000
	_session s0 start && dd if="$reference" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null &&
		_session s0 finish && _attr_is s0 state complete &&
		"$TOOL" verify --slot 1 --identity "$TEST_TMP/alice.key" "$disk" | grep 'authentic and intact'
}

_test_begin 3
_load
reference=$(_area_reference 256)
disk=$(_null_blk size=8 cache_size=1)
_area_format "$disk" --slots 2
disk=$(_dm "stuck$$" "0 16384 linear $disk 0")
_area_stack s0 "$disk" timeout_ms=1000
_filter_add s0 10-age "recipient=$(_age_key alice)"
_live s0 1
ktap_test_result "no answer to a write: failed" write_stuck
dmsetup resume "stuck$$"
wait
ktap_test_result "no receipt says anything else" torn
ktap_test_result "the next dump of the stack is complete and authentic" next_dump
_test_end
