#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_find_01.sh: a disk that does not answer, and has nothing to do with the dump
# area, is passed over and named: the dumps are collected, and nobody waits for it.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# collect <seconds>: it is done by then
collect() {
	timeout "$1" "$TOOL" collect --config="$TEST_TMP/conf" >"$TEST_TMP/out" 2>&1
	code=$?
	sed 's/^/# /' "$TEST_TMP/out"
	return $code
}

silent() {
	dmsetup suspend --nolockfs --noflush "$dead" || return 1
	collect 40
	code=$?
	dmsetup resume "$dead"
	[ "$code" -eq 0 ] && grep -q 'WARNING: these block devices do not answer, and were passed over: .*/dev/dm-' "$TEST_TMP/out" &&
		grep -q 'slot 0: collected to' "$TEST_TMP/out"
}

# Who was looking at it ends when it answers
nobody_left() {
	i=0
	# process 1 of a guest may not have asked for the dead, and a worker of the module has that name
	while [ $i -lt 50 ] && grep -ls '^Name:.dumpflt$' /proc/[0-9]*/status | xargs -r grep -Ls '^State:.[IZ]' >"$TEST_TMP/left" &&
		[ -s "$TEST_TMP/left" ]; do
		sleep 0.1
		i=$((i + 1))
	done
	[ ! -s "$TEST_TMP/left" ] && return
	xargs cat <"$TEST_TMP/left"
	return 1
}

answers() {
	collect 20 && ! grep -q 'do not answer' "$TEST_TMP/out"
}

_test_begin 3
_load
disk=$(_null_blk size=16)
dead=dead$$
_dm "$dead" "0 2048 linear $(_null_blk size=1) 0" >/dev/null
_area_format "$disk" --slots 1 >/dev/null
reference=$(_area_reference 256)
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1 && _area_dump s0 "$reference" && _live s0 0
mkdir "$TEST_TMP/folder"
printf '[area]\nid = %s\n[collect]\ndir = %s\n' "$("$TOOL" show --json "$disk" |
	sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')" "$TEST_TMP/folder" >"$TEST_TMP/conf"
ktap_test_result "a silent disk is passed over, and named" silent
ktap_test_result "nobody is left who looks at it" nobody_left
ktap_test_result "once it answers, nothing is said of it" answers
_test_end
