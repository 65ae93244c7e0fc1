#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_stress_03.sh: a CPU goes and comes while dumps are written into an area
# (C47, F2).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/stress.sh
. "$SELFTESTS/lib/stress.sh"

CPU1=/sys/devices/system/cpu/cpu1/online

# Until somebody takes the file away. It counts in it
come_and_go() {
	switched=0
	while [ -e "$TEST_TMP/switching" ]; do
		echo 0 >"$CPU1" && usleep 30000 && echo 1 >"$CPU1" || exit 1
		switched=$((switched + 1))
		echo "$switched" >"$TEST_TMP/switched"
		usleep 30000
	done
}

# Four writers, each with a quarter of the chunks
write_quarters() {
	writers=
	for quarter in 0 1 2 3; do
		dd if="$reference" of="$(_dev s0)" bs=64k skip=$((quarter * 16)) seek=$((quarter * 16)) \
			count=16 oflag=direct 2>/dev/null &
		writers="$writers $!"
	done
	for one in $writers; do
		wait "$one" || return 1
	done
}

round() {
	_session s0 start && write_quarters && _session s0 finish && _attr_is s0 state complete &&
		_area_is "$disk" 0 COMPLETE && _area_same "$disk" 0 "$reference"
}

rounds() {
	: >"$TEST_TMP/switching"
	come_and_go &
	switcher=$!
	seq "$count" >"$TEST_TMP/numbers"
	_each_round "$count" round <"$TEST_TMP/numbers"
	rounds_status=$?
	rm "$TEST_TMP/switching"
	wait "$switcher" || {
		echo "the CPU could not be switched"
		return 1
	}
	[ "$(cat "$TEST_TMP/switched")" -ge 3 ] || {
		echo "the CPU went only $(cat "$TEST_TMP/switched") times"
		return 1
	}
	return "$rounds_status"
}

_have "$CPU1"
count=$(_portion 60)
_test_begin 1
_load
disk=$(_null_blk size=20)
_area_format "$disk" --slots 1 --overwrite >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-trace
_filter_add s0 20-digest
_live s0 1
reference=$(_area_reference 4096)
ktap_test_result "$count dumps by four writers while a CPU comes and goes" rounds
_test_end
