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

S=$DUMPFLT_CONFIG/loop

# The shell's own echo, for the sake of time; it fails if write(2) does
cycle() {
	mkdir "$S" && echo "$disk" >"$S/target" && mkdir "$S/10-template" "$S/20-fault" "$S/30-trace" &&
		echo 'max_pages=4' >"$S/20-fault/options" && echo 1 >"$S/live" && echo start >"$S/session" &&
		dd if="$TEST_TMP/data" of=/dev/dumpflt0 bs=64k oflag=direct 2>/dev/null &&
		echo finish >"$S/session" && read -r state <"$S/state" && [ "$state" = complete ] &&
		echo 0 >"$S/live" && rmdir "$S"/*-* "$S"
}

cycles() {
	for _ in $(seq "$1"); do
		cycle || {
			cat "$S/last_error"
			return 1
		}
	done
}

# Objects in use of each general cache, but those that user space is charged
# for. A slab that some CPU allocates from counts as full, which shrinking ends
# until the next allocation: the least of several looks is the truth, nearly
objects() {
	for _ in 1 2 3 4 5 6 7 8; do
		for cache in /sys/kernel/slab/kmalloc-[0-9]*; do
			echo 1 >"$cache/shrink"
		done
		grep '^kmalloc-[0-9]' /proc/slabinfo
	done | awk '!($1 in least) || $2 < least[$1] { least[$1] = $2 }
		END { for (cache in least) print cache, least[cache] }'
}

# Pages on a CPU's list of free pages are free, too
free_kib() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "nr_free_pages" || $1 == "count:" { free += $2 } END { print free * 4 }' /proc/zoneinfo
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

# A leak of one object or page in each cycle would be 100
few_objects_left() {
	objects | awk 'NR == FNR { before[$1] = $2; next }
		$2 - before[$1] >= 80 { print $1 ": " before[$1] " before, " $2 " after"; bad = 1 }
		END { exit bad }' "$TEST_TMP/objects" -
}

no_pages_left() {
	now=$(free_kib)
	[ $((before - now)) -lt 3000 ] || {
		echo "$before KiB free before, $now after"
		return 1
	}
}

_test_begin 4
_load
disk=$(_null_blk size=1)
head -c 65536 /dev/urandom >"$TEST_TMP/data"
cycles 5
names >"$TEST_TMP/names"
objects >"$TEST_TMP/objects"
before=$(free_kib)
ktap_test_result "100 cycles (C17, C53)" cycles 100
ktap_test_result "no name, reference or worker is left (C59)" no_name_left
ktap_test_result "no objects are left" few_objects_left
ktap_test_result "no pages are left" no_pages_left
_test_end
