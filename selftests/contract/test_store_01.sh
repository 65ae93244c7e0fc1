#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_store_01.sh: a filter stores at start and at finish, nowhere else, no more than
# there is room for; and says in words why start or finish fails; what write may
# return; tally counts right (C10, C52, C56, D8, D10).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

params=/sys/module/dumpflt_late/parameters
session=$DUMPFLT_CONFIG/s0/session

# late [<parameter>=<value>]...: what is not named is as it was at first
late() {
	for set in fails= result=0 bytes=4 "$@"; do
		printf '%s\n' "${set#*=}" >"$params/${set%%=*}" || return 1
	done
}

dump() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 256K && _session s0 finish
}

stored() {
	late && dump && _is "errnos" "$(cat "$params/at_start" "$params/at_write" "$params/at_finish" | xargs)" '0 -22 0' &&
		_area_is "$disk" 0 COMPLETE && _area_has "$disk" 0 '"name":"late".*"stored_bytes":5,.*"result":"done"' &&
		"$TOOL" show "$disk" | grep -q '^ *result *done$'
}

# 58 bytes fit, 59 do not; and nothing is left of the dump before
too_much() {
	late bytes=58 && dump && _area_has "$disk" 0 '"result_hex":"646f6e65' || return 1
	late bytes=59 && dump && _is "errno" "$(cat "$params/at_finish")" -7 &&
		! _area_has "$disk" 0 '"name":"late".*"result"' >/dev/null && _area_is "$disk" 0 COMPLETE
}

# Of a dump that fails, too
failed() {
	late fails=finish && _session s0 start && _set_fails EDOM finish "$session" &&
		_last_error_has s0 "filter 'late': finish failed: no wish to end: -EDOM" &&
		_area_has "$disk" 0 '"state":"FAILED".*"result":"done"' || return 1
	late fails=start && _set_fails ENODEV start "$session" &&
		_last_error_has s0 "filter 'late': start failed: no wish to begin: -ENODEV"
}

# errno <what write returns> <words>
errno() {
	late result="$1" && _session s0 start || return 1
	! "$HELPERS/pattern" write "$(_dev s0)" --size 64K 2>/dev/null && ! _session s0 finish 2>/dev/null
	_last_error_has s0 "filter 'late': write of 65536 bytes at 0$2"
}

errnos() {
	errno -28 ' failed: no wish to go on at 0: -ENOSPC' && errno -1 ' failed: .*: -EPERM' && errno -133 ' failed: .*: -EHWPOISON' &&
		errno -512 ': returned an errno that user space does not know' &&
		errno -524 ': returned an errno that user space does not know' &&
		errno -100000 ': returned an errno that user space does not know' &&
		errno 1 ': returned a positive value'
}

# 20 chunks: 5 of zeros, and then 15 of which one has a block of zeros
tallied() {
	{
		head -c 327680 /dev/zero
		yes 'no zeros here' | head -c 979048
		head -c 3992 /dev/zero
	} >"$TEST_TMP/in"
	_session s0 start && dd if="$TEST_TMP/in" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null && _session s0 finish &&
		_area_has "$disk" 0 '"name":"tally".*"result":"chunks=20zero_blocks=80"' &&
		_area_has "$disk" 0 '"name":"tally".*"chunk_meta":4,'
}

serial() {
	dmesg | grep "s0: filter 'late' takes one call at a time: all filters share one lane, not $(nproc)"
}

_test_begin 6
_load
modprobe dumpflt-late
disk=$(_null_blk size=16)
_area_format "$disk" --slots 1 --overwrite >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-tally
_filter_add s0 20-late
_live s0 1
ktap_test_result "stored at start and at finish, not by write" stored
ktap_test_result "the receipt has room for 58 bytes" too_much
ktap_test_result "words of start and of finish; a failed dump has a result" failed
ktap_test_result "write returns an errno of user space, or breaks a rule" errnos
late
ktap_test_result "tally counts blocks of zeros, the trailer not among them" tallied
if [ "$(nproc)" -gt 1 ]; then
	ktap_test_result "a filter that makes all others serial is named" serial
else
	ktap_test_skip "a filter that makes all others serial is named" "one CPU"
fi
_test_end
