#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_dry_01.sh: what 'dumpflt capture --dry-run' says is what the kernel would say in the
# crash (C10), and it writes nothing.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# rehearses <exit code> <words> [LINE]...: the target, with these lines behind area = ...
rehearses() {
	want=$1
	words=$2
	shift 2
	printf '%s\n' '[stack]' "target = $disk" "$@" '[dump]' 'vmcore = /dev/null' \
		'makedumpfile = /bin/true' 'log = no' >"$TEST_TMP/conf"
	"$TOOL" capture --dry-run -c "$TEST_TMP/conf" >"$TEST_TMP/out" 2>&1
	got=$?
	cat "$TEST_TMP/out"
	[ "$got" -eq "$want" ] && grep -qF "$words" "$TEST_TMP/out" &&
		[ ! -e "$DUMPFLT_CONFIG/dry-run" ]
}

unknown() {
	for may in no yes; do
		rehearses 1 "does not know the option nosuch" '[filter digest]' 'nosuch = yes' "may_be_left_out = $may" ||
			return 1
	done
}

good() {
	md5sum "$disk" >"$TEST_TMP/before"
	rehearses 0 'kernel     takes the target' '[filter digest]' && md5sum -c "$TEST_TMP/before"
}

no_key() {
	disk=$(_null_blk size=16)
	rehearses 1 'no key: set the option key' 'area = no' '[filter crypt]' &&
		rehearses 0 'not checked: whether the kernel takes the target' 'area = no' '[filter crypt]' 'key = dumpflt:none'
}

read_only() {
	blockdev --setro "$disk"
	rehearses 1 'it is read-only' '[filter digest]'
	ret=$?
	blockdev --setrw "$disk"
	return "$ret"
}

# A null_blk without a cache is one that is written through
no_cache() {
	rehearses 1 'it refuses: ' 'require_flush = yes' '[filter digest]'
}

in_use() {
	disk=$(_null_blk size=16)
	_stack_create s0 "$disk" && _filter_add s0 10-trace && _live s0 1 || return 1
	rehearses 0 'not checked: ' 'area = no'
}

# The area is made, as another kernel may know better. The machine is one whose dump fits
formats() {
	disk=$(_null_blk size=16)
	export DUMPFLT_MEMINFO="$TEST_TMP/meminfo"
	echo 'MemTotal: 64 kB' >"$DUMPFLT_MEMINFO"
	for filter in digest,foo=bar crypt; do
		"$TOOL" format --force --filter "$filter" "$disk" 2>"$TEST_TMP/out" >/dev/null || return 1
		cat "$TEST_TMP/out"
		grep -q '^WARNING: the dump area is made, but the kernel takes no dump with these filters: ' "$TEST_TMP/out" ||
			return 1
	done
	"$TOOL" format --force --filter crypt,key=dumpflt:none "$disk" 2>"$TEST_TMP/out" >/dev/null &&
		grep -q '^WARNING: not checked: ' "$TEST_TMP/out" &&
		"$TOOL" format --force --filter digest "$disk" 2>"$TEST_TMP/out" >/dev/null && [ ! -s "$TEST_TMP/out" ]
}

_test_begin 7
_load
disk=$(_null_blk size=16)
_area_format "$disk" --slots 1 >/dev/null
ktap_test_result "nothing is left behind, on the disk either" good
ktap_test_result "an option that the filter does not know" unknown
ktap_test_result "no key, and a key that is not here now" no_key
ktap_test_result "a target that is read-only" read_only
ktap_test_result "a target that takes no flush" no_cache
ktap_test_result "one that is in use here is not judged" in_use
ktap_test_result "format warns of what the kernel would refuse" formats
_test_end
