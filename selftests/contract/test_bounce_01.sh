#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_bounce_01.sh: a filter that is to change data and leaves it as it is, or wants a
# buffer that it has not asked for, has broken a rule: no plain byte arrives (C38).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

canary=IN-THE-CLEAR

# wrong <mode> [option]...: of four writes the third is wrong; then how the dump ends
wrong() {
	wrong_mode=$1
	shift
	dd if=/dev/zero of="$disk" bs=256k count=1 oflag=direct 2>/dev/null
	_stack_create s0 "$disk" && _filter_add s0 10-fault "mode=$wrong_mode" at=write "$@" && _live s0 1 &&
		_session s0 start || return 1
	yes "$canary" | dd of="$(_dev s0)" bs=64k count=4 iflag=fullblock oflag=direct 2>/dev/null
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >/dev/null 2>&1
}

# Nothing of the write that it was about, nor of any later one
nothing_from() {
	_is "canaries on the disk from there on" \
		"$(dd if="$disk" bs=64k skip="$1" count="$((4 - $1))" iflag=direct 2>/dev/null | grep -c "$canary")" 0
}

passes() {
	wrong pass call=3
	_attr_is s0 state failed && nothing_from 2 &&
		_last_error_has s0 'fault.*write of 65536 bytes at 131072: took BOUNCE and installed no buffer'
}

unasked() {
	wrong unasked call=3
	_attr_is s0 state failed && nothing_from 2 &&
		_last_error_has s0 'fault.*write of 65536 bytes at 131072: called dumpflt_bounce\(\) without BOUNCE'
}

unasked_first() {
	wrong unasked
	_attr_is s0 state failed && nothing_from 0
}

# It says that it means it (flag PASS, 0x10, with BOUNCE, 0x4)
means_it() {
	_stack_create s0 "$disk" && _filter_add s0 10-fault flags=20 && _live s0 1 || return 1
	read -r flags <"$(_sysfs s0)/10-fault/flags"
	echo " $flags " | grep -q ' pass ' && _dump s0 --size 256K && _attr_is s0 state complete
}

# Behind a filter that has changed the data already there is nothing plain to pass
behind() {
	_stack_create s0 "$disk" && _filter_add s0 10-template && _filter_add s0 20-fault mode=pass at=write call=2 &&
		_live s0 1 && _dump s0 --size 256K && _attr_is s0 state complete
}

_test_begin 5
_load
disk=$(_null_blk size=1)
ktap_test_result "takes BOUNCE and returns 0 without a buffer" _alone s0 passes
ktap_test_result "wants a bounce buffer without BOUNCE" _alone s0 unasked
ktap_test_result "the same at the first write" _alone s0 unasked_first
ktap_test_result "with the flag PASS it may leave data as it is" _alone s0 means_it
ktap_test_result "in another filter's bounce buffer it may, too" _alone s0 behind
_test_end
