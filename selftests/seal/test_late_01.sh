#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_late_01.sh: a write that was on its way when the dump ended does not go past
# filters that have finished: it is not written at all (C33, F7).
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

LATE=/sys/module/holdup/parameters/ms

empty() {
	dd if=/dev/zero of="$disk" bs=1M oflag=direct 2>/dev/null
	! dd if="$disk" bs=1M iflag=direct 2>/dev/null | grep -aq "$canary"
}

chunk() {
	dd if="$secrets" of="$(_dev s0)" bs=64k seek="$1" count=1 oflag=direct 2>/dev/null
}

# How often the secret is on the disk; whatever is there now is found
found() {
	dd if="$disk" bs=64k iflag=direct 2>/dev/null | grep -ac "$canary"
}

# The next write is admitted, then held up before the first filter for longer than the
# end of the dump waits
late() {
	_session s0 start && chunk 0 && echo 4000 >"$LATE" || return 1
	chunk 1 &
	writer=$!
	usleep 300000
	_set_fails ETIMEDOUT finish "$DUMPFLT_CONFIG/s0/session"
	late_status=$?
	! wait "$writer" || { echo "it was written all the same"; late_status=1; }
	[ "$late_status" = 0 ] && _is "delay that is left" "$(cat "$LATE")" 0 && _attr_is s0 state failed &&
		_is "secrets on the disk" "$(found)" 0 && next
}

# The stack is as good as ever
next() {
	_soon 10 _session s0 start && chunk 0 && chunk 1 && _session s0 finish && _attr_is s0 state complete
}

plain() {
	empty && _stack_create s0 "$disk" timeout_ms=1000 && _filter_add s0 10-trace && _filter_add s0 20-template key=7 &&
		_live s0 1 && late
}

sealed() {
	empty && _area_format "$disk" --slots 1 --overwrite >/dev/null && _area_stack s0 "$disk" timeout_ms=1000 &&
		_filter_add s0 10-age "recipient=$alice" && _live s0 1 && late && _area_is "$disk" 0 COMPLETE
}

# So that the test would find it
control() {
	empty && _stack_create s0 "$disk" && _filter_add s0 10-trace && _live s0 1 && _session s0 start && chunk 1 &&
		_session s0 finish && [ "$(found)" -gt 0 ]
}

_have_module holdup
[ "$(nproc)" -gt 1 ] || ktap_skip_all "one CPU cannot be held up while another one goes on"
_test_begin 3
_load
_modprobe holdup symbol=dumpflt_chain_write
disk=$(_null_blk size=4)
canary="late-$$-secret"
secrets=$TEST_TMP/secrets
while :; do echo "$canary"; done | head -c 65536 >"$secrets"
alice=$(_age_key alice)
ktap_test_result "a secret that nobody hides is found" _alone s0 control
ktap_test_result "a plain dump that a filter changes" _alone s0 plain
ktap_test_result "a sealed dump" _alone s0 sealed
_test_end
