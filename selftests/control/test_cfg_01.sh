#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cfg_01.sh: while live nothing can be configured (C46, two phases).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

S0=$DUMPFLT_CONFIG/s0

values() {
	cat "$S0/target" "$S0/type" "$S0/max_pages" "$S0/timeout_ms" "$S0/check_source" "$S0/auto" \
		"$S0/10-template/options" "$S0/10-template/critical" "$S0/10-template/start_optional"
}

busy() {
	_set_fails EBUSY "$1" "$S0/$2"
}

unchanged() {
	values | cmp - "$TEST_TMP/values"
}

mkdir_busy() {
	! mkdir "$S0/20-trace" 2>/dev/null && [ ! -e "$S0/20-trace" ]
}

# A folder that a live stack uses stays
rmdir_busy() {
	! rmdir "$S0" 2>/dev/null && [ -d "$S0" ] && [ "$(cat "$S0/live")" = 1 ]
}

no_rmdir() {
	! rmdir "$S0/10-template" 2>/dev/null
}

read_only() {
	for attr in state device last_error 10-template/state; do
		[ "$(stat -c %a "$S0/$attr")" = 444 ] || {
			echo "$attr can be written"
			return 1
		}
	done
}

after() {
	_live s0 0 && _set 8 "$S0/max_pages" && _set key=7 "$S0/10-template/options" &&
		_attr_is s0 max_pages 8 && _attr_is s0 10-template/options key=7
}

_test_begin 19
_load
disk=$(_null_blk size=4)
_stack_create s0 "$disk" max_pages=4 timeout_ms=2000 && _filter_add s0 10-template key=3
values >"$TEST_TMP/values"
_live s0 1
for row in target:/dev/null type:hibernation max_pages:16 timeout_ms:1000 check_source:1 auto:1 \
	live:1 10-template/options:key=4 10-template/critical:1 10-template/start_optional:1; do
	ktap_test_result "${row%%:*} cannot be written while live" busy "${row#*:}" "${row%%:*}"
done
ktap_test_result "no filter can be added while live" mkdir_busy
ktap_test_result "a live stack cannot be removed" rmdir_busy
_session s0 start
ktap_test_result "nor can they be written in a session (C46)" busy 16 max_pages
ktap_test_result "a second start is refused" busy start session
ktap_test_result "a read session during a dump is refused" busy read session
ktap_test_result "nothing of this has changed a value" unchanged
_session s0 finish
ktap_test_result "state, device and last_error are read only" read_only
ktap_test_result "no filter can be removed while live" no_rmdir
ktap_test_result "after live=0 all can be written again" after
_test_end
