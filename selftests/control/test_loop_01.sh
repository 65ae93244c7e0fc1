#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_loop_01.sh: made, live, dumped, unloaded and removed a hundred times:
# nothing is left behind, in names, references or memory (C17, C53, C59).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/leaks.sh
. "$SELFTESTS/lib/leaks.sh"

S=$DUMPFLT_CONFIG/loop

# The shell's own echo, for the sake of time; it fails if write(2) does
cycle() {
	mkdir "$S" && echo "$disk" >"$S/target" && mkdir "$S/10-template" "$S/20-fault" "$S/30-trace" &&
		echo 'max_pages=4' >"$S/20-fault/options" && echo 1 >"$S/live" && echo start >"$S/session" &&
		dd if="$TEST_TMP/data" of=/dev/dumpflt0 bs=64k oflag=direct 2>/dev/null &&
		echo finish >"$S/session" && read -r state <"$S/state" && [ "$state" = complete ] &&
		echo 0 >"$S/live" && rmdir "$S"/*-* "$S"
}

names() {
	ls /sys/block "$DUMPFLT_CONFIG" /dev/dumpflt* 2>/dev/null
	ls /sys/kernel/debug/block
	sed -n 's/^\(dumpflt[^ ]*\) [0-9]* \([0-9]*\) .*/\1 \2/p' /proc/modules | sort
	# Its workqueue has a rescuer
	cat /proc/[0-9]*/comm 2>/dev/null | grep '^dumpflt'
}

no_name_left() {
	names | cmp - "$TEST_TMP/names" || names | diff "$TEST_TMP/names" -
}

_test_begin 4
_load
disk=$(_null_blk size=1)
head -c 65536 /dev/urandom >"$TEST_TMP/data"
_leaks_cycles 5 "$S" cycle
names >"$TEST_TMP/names"
_leaks_begin
ktap_test_result "100 cycles (C17, C53)" _leaks_cycles 100 "$S" cycle
ktap_test_result "no name, reference or worker is left (C59)" no_name_left
ktap_test_result "no objects are left" _leaks_no_objects "$S" cycle
ktap_test_result "no pages are left" _leaks_no_pages
_test_end
