#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_loop_03.sh: a stack over a dump area is taken live, dumps and is taken down 100
# times: nothing of its memory is left behind, objects or pages (C53).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/leaks.sh
. "$SELFTESTS/lib/leaks.sh"

S=$DUMPFLT_CONFIG/s0

# The shell's own echo, for the sake of time; it fails if write(2) does
cycle() {
	echo 1 >"$S/live" && echo start >"$S/session" &&
		dd if="$TEST_TMP/data" of=/dev/dumpflt0 bs=64k oflag=direct 2>/dev/null &&
		echo finish >"$S/session" && read -r state <"$S/state" && [ "$state" = complete ] &&
		echo 0 >"$S/live"
}

_test_begin 3
_load
disk=$(_null_blk size=4)
_area_format "$disk" --slots 1 --overwrite >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-digest
head -c 65536 /dev/urandom >"$TEST_TMP/data"
_leaks_cycles 5 "$S" cycle
_leaks_begin
ktap_test_result "100 cycles (C53)" _leaks_cycles 100 "$S" cycle
ktap_test_result "no objects are left" _leaks_no_objects "$S" cycle
ktap_test_result "no pages are left" _leaks_no_pages
_test_end
