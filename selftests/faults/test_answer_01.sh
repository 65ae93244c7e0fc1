#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_answer_01.sh: a target that answers that something took it too long has answered:
# it is asked for the rest, so that the dump's receipt says what happened (C50, F4, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

STATUS=/sys/module/answer/parameters/status
# BLK_STS_TIMEOUT
TIMEOUT=2

flush_times_out() {
	_session s0 start && dd if=/dev/zero of="$(_dev s0)" bs=64k count=2 oflag=direct 2>/dev/null &&
		echo "$TIMEOUT" >"$STATUS" && _set_fails EIO finish "$DUMPFLT_CONFIG/s0/session" &&
		_is "status that is left" "$(cat "$STATUS")" 0 && _attr_is s0 state failed &&
		_last_error_has s0 "flush of the target's cache failed: -EIO" && _area_is "$disk" 0 FAILED
}

next() {
	_dump s0 --size 128K --block 64K && _attr_is s0 state complete && _area_is "$disk" 1 COMPLETE
}

_have_module answer
_test_begin 2
_load
disk=$(_null_blk size=16 cache_size=1)
# shellcheck disable=SC2046 # two parameters
_modprobe answer $(tr : ' ' <"/sys/block/${disk##*/}/dev" | while read -r major minor; do
	echo "major=$major minor=$minor"; done)
_area_format "$disk" --slots 2 >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1
ktap_test_result "a flush that is answered so fails the dump, with a receipt" flush_times_out
ktap_test_result "the next dump is complete" next
_test_end
