#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_ranges_01.sh: what was written is known exactly: random writes against a model,
# in plain mode and in a dump area; half a dump is never a whole one (D11, D12, F1).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

ROUNDS=40

# finish <command>: 0 if it was accepted. What it is to say: yes or no, and why
ends() {
	"$HELPERS/setattr" "$session" "$1" >"$TEST_TMP/said" 2>&1
	ended=$?
	[ "$2" = yes ] && [ "$ended" = 0 ] && return 0
	[ "$2" = no ] && [ "$ended" != 0 ] && _last_error_has s0 'ENODATA' && return 0
	echo "seed $seed: prefix $prefix, all $all: '$1' gave $ended ($(_last_error s0)), expected: $2"
	return 1
}

# With the length that is there, with one byte more, with less
plain_round() {
	case $((seed % 3)) in
	0) ends "finish $prefix" yes ;;
	1) ends "finish $((prefix + 1))" no ;;
	2) ends "finish $((prefix - (prefix > 0)))" yes ;;
	esac
}

area_round() {
	whole=no
	[ "$prefix" != "$all" ] || [ "$(((prefix + 65535) / 65536))" != "$begun" ] || whole=yes
	case $((seed % 3)) in
	0) ends finish "$whole" ;;
	1) ends "finish $prefix" "$whole" ;;
	2) ends "finish $((prefix + 1))" no ;;
	esac
}

# rounds <any|chunks> <function>
rounds() {
	seed=0 taken=0
	while [ "$seed" -lt "$ROUNDS" ]; do
		seed=$((seed + 1))
		_session s0 start || return 1
		model=$("$HELPERS/scatter" "$1" "$dev" "$seed") || return 1
		read -r prefix all begun <<-END
		$model
		END
		"$2" || return 1
		[ "$ended" != 0 ] || taken=$((taken + 1))
	done
	echo "# $ROUNDS dumps of random writes, $taken of them whole"
	# it tried both
	[ "$taken" -gt 5 ] && [ "$taken" -lt $((ROUNDS - 5)) ]
}

# half <length>: a block is written twice, which is not two blocks
half() {
	_session s0 start && "$HELPERS/blkop" direct "$dev" 0 65536 && "$HELPERS/blkop" direct "$dev" 0 65536 &&
		_set_fails ENODATA "finish 131072" "$session" && _attr_is s0 state failed &&
		_last_error_has s0 'is to have 131072 bytes, but the first 65536 were written'
}

# open <finish command>: a piece that is missing in the open chunk, a whole one behind it
open_hole() {
	_session s0 start && "$HELPERS/blkop" direct "$dev" 0 32768 && "$HELPERS/blkop" direct "$dev" 65536 65536 &&
		_set_fails ENODATA "$1" "$session" && _attr_is s0 state failed &&
		_last_error_has s0 'the dump has a gap at 32768' && _area_is "$disk" 0 FAILED
}

_test_begin 5
_load
disk=$(_null_blk size=16)
_stack_create s0 "$disk"
_filter_add s0 10-template
session=$DUMPFLT_CONFIG/s0/session
_live s0 1
dev=$(_dev s0)
ktap_test_result "plain: a block that was written twice counts once" half
ktap_test_result "plain: random writes" rounds any plain_round
_remove_stack s0 && _forget stack s0
_area_format "$disk" --slots 1 --overwrite >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-digest
_live s0 1
ktap_test_result "area: a hole in the open chunk, and a whole chunk behind it" open_hole finish
ktap_test_result "area: the same, with the length given" open_hole "finish 131072"
ktap_test_result "area: random writes" rounds chunks area_round
_test_end
