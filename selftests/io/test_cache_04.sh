#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cache_04.sh: what somebody writes through the page cache of the stack device while
# a dump begins does not enter the dump (F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

LATE=/sys/module/holdup/parameters/ms

empty() {
	dd if=/dev/zero of="$disk" bs=1M oflag=direct 2>/dev/null
	! dd if="$disk" bs=1M iflag=direct 2>/dev/null | grep -aq "$canary"
}

# start_late <delays>: somebody has the device open, and writes while start is held up
start_late() {
	exec 4<>"$(_dev s0)"
	echo "$1" >"$LATE"
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" start >"$TEST_TMP/start" 2>/dev/null &
	starting=$!
	usleep 400000
	dd if="$early" of="$(_dev s0)" bs=64k conv=notrunc 2>/dev/null
	wait "$starting"
	_is "delays that are left" "$(cat "$LATE")" 0,0
}

# Nothing of it is on the target, now or when the last page has gone out
none_of_it() {
	sync
	exec 4<&-
	! dd if="$disk" bs=1M iflag=direct 2>/dev/null | grep -aq "$canary" || { echo "it entered the dump"; return 1; }
}

next() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 64K && _session s0 finish &&
		_attr_is s0 state complete
}

# No request comes in any more, so that none can be refused
frozen() {
	empty && _stack_create s0 "$disk" && _filter_add s0 10-trace && _live s0 1 && start_late 0,2000 || return 1
	_is "what start says" "$(cat "$TEST_TMP/start")" EBUSY && _attr_is s0 state failed &&
		_last_error_has s0 'somebody writes to the stack device already' && none_of_it && next
}

# Between the writeback and the freeze: it is written back, and refused, once more
before_the_freeze() {
	empty && _stack_create s0 "$disk" && _filter_add s0 10-trace && _live s0 1 && start_late 2000,0 || return 1
	_is "what start says" "$(cat "$TEST_TMP/start")" '' && _attr_is s0 state started && none_of_it &&
		"$HELPERS/pattern" write "$(_dev s0)" --size 64K && _session s0 finish && _attr_is s0 state complete && none_of_it
}

_have_module holdup
[ "$(nproc)" -gt 1 ] || ktap_skip_all "one CPU cannot be held up while another one goes on"
_test_begin 2
_load
_modprobe holdup symbol=dumpflt_disk_freeze,dumpflt_flush_judge
disk=$(_null_blk size=4)
canary="early-$$-bird"
early=$TEST_TMP/early
while :; do echo "$canary"; done | head -c 65536 >"$early"
ktap_test_result "when it is frozen: no dump" _alone s0 frozen
ktap_test_result "before it is frozen: the dump, and nothing else" _alone s0 before_the_freeze
_test_end
