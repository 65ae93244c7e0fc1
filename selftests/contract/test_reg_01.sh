#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reg_01.sh: what the registry takes and what it refuses, as regtest.ko
# finds out from the inside (C19, C58, D14, style 12).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

loads() {
	_modprobe regtest
}

all_ok() {
	_dmesg_has 'regtest: [0-9]+ checks, 0 failed' || return 1
	_dmesg_since | grep 'regtest: not ok' && return 1
	[ "$(_dmesg_since | grep -c 'regtest: ok ')" = "$(_dmesg_since |
		sed -n 's/.*regtest: \([0-9]*\) checks.*/\1/p')" ]
}

no_trace() {
	! mkdir "$DUMPFLT_CONFIG/r" && return 1
	_record stack r
	mkdir "$DUMPFLT_CONFIG/r/10-regtest" || return 1
	_set "$(_null_blk size=1)" "$DUMPFLT_CONFIG/r/target" &&
		_set_fails ENOENT 1 "$DUMPFLT_CONFIG/r/live"
}

_test_begin 5
_load
ktap_test_result "the test module finds nothing wrong" loads
ktap_test_result "it has said so for each of its checks (C58)" all_ok
ktap_test_result "a refused name is in the kernel log" \
	_dmesg_has "refused a filter: its name must be"
ktap_test_result "a duplicate is refused, and both modules are named" \
	_dmesg_has "refused filter 'regtest' of module regtest: module regtest has"
ktap_test_result "what was unregistered is not found any more" no_trace
_test_end
