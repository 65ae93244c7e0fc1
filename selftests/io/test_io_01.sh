#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_io_01.sh: unloading and finishing while somebody uses the stack device
# (C33, C53, F1).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# A writer that goes on until a write fails, and keeps the device open until
# then; its last words are in the file
writer() {
	# shellcheck disable=SC2094 # that is the point of it
	while "$HELPERS/pattern" write "$dev" --size 1M --block 64K --threads 2; do
		:
	done >"$TEST_TMP/writer$1" 2>&1 6<"$dev" &
}

# more_than <calls>
more_than() {
	[ "$(_stat s0 10-template write calls)" -gt "$1" ]
}

# It really writes
writes() {
	_soon 2 more_than "$(_stat s0 10-template write calls)"
}

busy_while_open() {
	exec 5<"$dev"
	_set_fails EBUSY 0 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 'dumpflt0 is open' &&
		_attr_is s0 state started || return 1
	exec 5<&-
}

busy_while_written() {
	writes || return 1
	for _ in 1 2 3 4 5; do
		_set_fails EBUSY 0 "$DUMPFLT_CONFIG/s0/live" || return 1
	done
	_attr_is s0 state started && writes
}

# The writers learn that it is over, the dump is complete without the rest
finish_under_load() {
	_session s0 finish && _attr_is s0 state complete || return 1
	after=$(_stat s0 10-template write calls)
	_soon 5 grep -q 'Input/output error' "$TEST_TMP/writer1" &&
		_is "calls after finish" "$(_stat s0 10-template write calls)" "$after"
}

# Neither start nor finish waits for the writers, nor they for it
rounds() {
	for round in 1 2 3 4 5; do
		_session s0 start || return 1
		writer "$round"
		usleep 100000
		_session s0 finish && _attr_is s0 state complete || return 1
	done
	wait
}

# The open session was not finished: interrupted, and said so
unload_in_session() {
	_session s0 start && "$HELPERS/pattern" write "$dev" --size 64K && _live s0 0 &&
		_last_error_has s0 'interrupted by a reboot or an unload' && _attr_is s0 state configured &&
		_dmesg_has 's0: interrupted by a reboot or an unload before finish: -EINTR'
}

_test_begin 7
_load
_stack_create s0 "$(_null_blk size=2)"
_filter_add s0 10-template
_live s0 1
dev=$(_dev s0)
_session s0 start
ktap_test_result "live=0 is refused while the device is open" busy_while_open
writer 1
ktap_test_result "live=0 is refused while it is written to, the dump goes on" busy_while_written
ktap_test_result "finish while it is written to: what was taken is complete, no call after it (F1, C33)" \
	finish_under_load
wait
ktap_test_result "when all is closed it can be unloaded (C53)" eval '_live s0 0 && _live s0 1'
ktap_test_result "sessions that begin and end under writers" rounds
ktap_test_result "an open session that is unloaded is interrupted" unload_in_session
ktap_test_result "the device is gone" eval '[ ! -e /dev/dumpflt0 ]'
_test_end
