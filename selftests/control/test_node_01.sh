#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_node_01.sh: a dd to the stack device before there is one leaves a file: the
# tool does not take it for the device, and calls no empty dump complete.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

put_dump() {
	dd if=/dev/zero of=/dev/dumpflt0 bs=64k count=4 "$@" 2>/dev/null
}

refused() {
	_fails '/dev/dumpflt0 is not a block device' "$TOOL" "$@" && [ -f /dev/dumpflt0 ]
}

too_early() {
	put_dump && [ -f /dev/dumpflt0 ] && refused create s0 --target "$disk" && [ ! -e "$DUMPFLT_CONFIG/s0" ]
}

by_hand() {
	_stack_create s0 "$disk" && _live s0 1 && refused start s0 && refused start s0 --read &&
		refused extract --stack s0 "$TEST_TMP/out" && [ ! -e "$TEST_TMP/out" ] && _attr_is s0 state live
}

# The session was begun without the tool
in_session() {
	_session s0 start && refused finish s0 && _attr_is s0 state started && "$TOOL" finish s0 --abort &&
		_attr_is s0 state failed && "$TOOL" destroy s0 && _forget stack s0
}

removed() {
	rm /dev/dumpflt0 && _record stack s0 && "$TOOL" create s0 --target "$disk" && [ -b /dev/dumpflt0 ] &&
		"$TOOL" start s0
}

empty() {
	_fails 'nothing was written to /dev/dumpflt0' "$TOOL" finish s0 && _attr_is s0 state started
}

written() {
	put_dump oflag=direct && _is state "$("$TOOL" finish s0)" complete
}

_test_begin 6
_load
disk=$(_null_blk size=16)
ktap_test_result "a file of that name is not taken for the device by create" too_early
ktap_test_result "nor by start and extract" by_hand
ktap_test_result "nor by finish" in_session
ktap_test_result "when it is removed there is a device" removed
ktap_test_result "a dump of which nothing was written is not finished" empty
ktap_test_result "the same session is, when something was" written
_test_end
