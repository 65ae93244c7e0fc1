#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_stress_02.sh: two stacks at once, the same filters on both: each dump is
# its own, and the failure of one is none of the other's (C47, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/stress.sh
. "$SELFTESTS/lib/stress.sh"

# dump <stack> <seed>: written and read back
dump() {
	_dump "$1" --size 3M --block 32K --threads 2 --seed "$2" && _session "$1" read &&
		"$HELPERS/pattern" verify "$(_dev "$1")" --size 3M --seed "$2" && _session "$1" finish
}

# round <number> <number of the write that fails; most rounds have fewer>
round() {
	_stack_create a "$disk_a" && _filter_add a 10-pos && _filter_add a 20-add && _live a 1 &&
		_stack_create b "$disk_b" && _filter_add b 10-fault mode=error at=write "call=$(($2 + 1))" &&
		_filter_add b 20-pos && _filter_add b 30-add && _live b 1 || return 1
	dump a "$1" >"$TEST_TMP/a" 2>&1 &
	one=$!
	dump b $(($1 + 1000)) >"$TEST_TMP/b" 2>&1
	other=$?
	wait "$one" || {
		sed 's/^/a: /' "$TEST_TMP/a"
		return 1
	}
	if [ "$2" -lt 96 ]; then
		_is "end of b" "$other" 1 && _set_fails EIO finish "$DUMPFLT_CONFIG/b/session" &&
			_attr_is b state failed && _last_error_has b 'fault.*write' || return 1
	else
		_is "end of b, $(cat "$TEST_TMP/b")" "$other" 0 || return 1
	fi
	_remove_stack a && _forget stack a && _remove_stack b && _forget stack b && _no_trace
}

rounds() {
	_random_numbers "$count" 200 >"$TEST_TMP/numbers"
	_each_round "$count" round <"$TEST_TMP/numbers"
}

count=$(_portion 50)
_test_begin 1
_load
disk_a=$(_null_blk size=16)
disk_b=$(_null_blk size=16)
ktap_test_result "$count pairs of dumps at once" rounds
_test_end
