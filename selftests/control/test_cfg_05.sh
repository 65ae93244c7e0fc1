#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cfg_05.sh: which word of session is taken in which state; what features
# and version say; a stack without target or filters (C8, C37).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

S0=$DUMPFLT_CONFIG/s0

# refused <errno name> <word>...
refused() {
	errno=$1
	shift
	for word in "$@"; do
		_set_fails "$errno" "$word" "$S0/session" || return 1
	done
}

no_target() {
	mkdir "$S0" && _record stack s0 && _set_fails EINVAL 1 "$S0/live" &&
		_last_error_has s0 'no target' && _attr_is s0 state configured && _attr_is s0 device ''
}

defaults() {
	_attr_is s0 type crash && _attr_is s0 max_pages 16 && _attr_is s0 timeout_ms 300000 &&
		_attr_is s0 check_source 0 && _attr_is s0 auto 0 && _attr_is s0 live 0 && _attr_is s0 target ''
}

# The stack device of an empty stack is its target
no_filters() {
	_set "$disk" "$S0/target" && _live s0 1 && _attr_is s0 state live &&
		_dump s0 --size 1M && _attr_is s0 state complete &&
		"$HELPERS/pattern" verify "$disk" --size 1M
}

abort() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 64K &&
		_session s0 abort && _attr_is s0 state failed && _last_error_has s0 'aborted by its writer'
}

abort_read() {
	_session s0 read && _attr_is s0 session read && _session s0 abort && refused EINVAL finish
}

features() {
	for word in crash hibernation plain read-back concurrent check-source auto; do
		grep -qx "$word" "$DUMPFLT_CONFIG/features" || return 1
	done
	[ "$(cat "$DUMPFLT_CONFIG/version")" = 2.0 ]
}

gone() {
	_live s0 0 && _attr_is s0 state configured && _attr_is s0 device '' && [ ! -e /dev/dumpflt0 ] &&
		[ ! -e /sys/block/dumpflt0 ]
}

_test_begin 11
_load
disk=$(_null_blk size=4)
ktap_test_result "features and version" features
ktap_test_result "no live without a target" no_target
ktap_test_result "the defaults" defaults
ktap_test_result "no session while not live" refused EINVAL start read finish abort
ktap_test_result "a stack without filters passes all through (C8, C37)" no_filters
ktap_test_result "no end without a session" refused EINVAL finish abort
ktap_test_result "abort makes the dump failed" abort
ktap_test_result "no end after an abort" refused EINVAL finish abort
ktap_test_result "a read session can be aborted" abort_read
ktap_test_result "live=0 removes the device" gone
ktap_test_result "live=0 twice does nothing" _live s0 0
_test_end
