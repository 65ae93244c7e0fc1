# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# leaks.sh: what is in use, before and after many cycles of the same.
#
# Copyright (C) 2026 the dumpflt authors

# _leaks_begin: after a few cycles, in which caches fill
_leaks_begin() {
	leaks_objects >"$TEST_TMP/objects"
	leaks_before=$(leaks_free_kib)
}

# _leaks_cycles <number> <stack's folder> <command>...: so many times, until it fails
_leaks_cycles() {
	leaks_number=$1
	leaks_stack=$2
	shift 2
	for _ in $(seq "$leaks_number"); do
		"$@" || {
			cat "$leaks_stack/last_error"
			return 1
		}
	done
}

# Objects in use of each general cache, but those that user space is charged
# for. A slab that some CPU allocates from counts as full, which shrinking ends
# until the next allocation: the least of several looks is the truth, nearly
leaks_objects() {
	for _ in 1 2 3 4 5 6 7 8; do
		for cache in /sys/kernel/slab/kmalloc-[0-9]*; do
			echo 1 >"$cache/shrink"
		done
		grep '^kmalloc-[0-9]' /proc/slabinfo
	done | awk '!($1 in least) || $2 < least[$1] { least[$1] = $2 }
		END { for (cache in least) print cache, least[cache] }'
}

# Pages on a CPU's list of free pages are free, too
leaks_free_kib() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "nr_free_pages" || $1 == "count:" { free += $2 } END { print free * 4 }' /proc/zoneinfo
}

# _leaks_no_objects <stack's folder> <command>...: after 100 cycles a leak of one object in each
# would be 100. But a slab in use counts as full: 255 objects of kmalloc-16 come and go with it. A
# leak grows with another 100 cycles, and this does not
_leaks_no_objects() {
	if leaks_settle; then
		return 0
	fi
	mv "$TEST_TMP/objects_now" "$TEST_TMP/objects"
	echo "100 cycles more:"
	_leaks_cycles 100 "$@" || return 1
	leaks_suspects=$(cut -d: -f1 "$TEST_TMP/leaked")
	leaks_settle || {
		# in the very same cache
		! cut -d: -f1 "$TEST_TMP/leaked" | grep -Fxq "$leaks_suspects"
	}
}

# Queues for work go long after they were destroyed, when RCU comes round to it
leaks_settle() {
	leaks_tries=5
	until leaks_are_gone >"$TEST_TMP/leaked"; do
		leaks_tries=$((leaks_tries - 1))
		[ "$leaks_tries" -gt 0 ] || break
		sleep 3
	done
	cat "$TEST_TMP/leaked"
	[ ! -s "$TEST_TMP/leaked" ]
}

leaks_are_gone() {
	leaks_objects >"$TEST_TMP/objects_now"
	awk 'NR == FNR { before[$1] = $2; next }
		$2 - before[$1] >= 80 { print $1 ": " before[$1] " before, " $2 " after"; bad = 1 }
		END { exit bad }' "$TEST_TMP/objects" "$TEST_TMP/objects_now"
}

_leaks_no_pages() {
	leaks_now=$(leaks_free_kib)
	[ $((leaks_before - leaks_now)) -lt 3000 ] || {
		echo "$leaks_before KiB free before, $leaks_now after"
		return 1
	}
}
