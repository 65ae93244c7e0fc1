#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cfg_03.sh: names of stacks and filters, and how many there may be (C58).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

S0=$DUMPFLT_CONFIG/s0

# made <folder>...: can be made, and removed again
made() {
	for folder in "$@"; do
		mkdir "$folder" && rmdir "$folder" || return 1
	done
}

# refused <words> <folder>...
refused() {
	words=$1
	shift
	for folder in "$@"; do
		_fails "$words" mkdir "$folder" || return 1
	done
}

fill() {
	number=0
	while [ "$number" -lt "$1" ]; do
		mkdir "$(printf '%s/%02d-f%d' "$S0" "$number" "$number")" || return 1
		number=$((number + 1))
	done
}

many_stacks() {
	for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
		mkdir "$DUMPFLT_CONFIG/many$number" || return 1
	done
	rmdir "$DUMPFLT_CONFIG"/many*
}

# The longest one names workqueues as well, of which newer kernels log what they cut off
long_is_live() {
	_stack_create "$long" "$(_null_blk size=1)" && _live "$long" 1 && _live "$long" 0 &&
		_remove_stack "$long" && _forget stack "$long" || return 1
	! _dmesg_since | grep 'name exceeds WQ_NAME_LEN'
}

long=abcdefghijklmnopqrstuvwxyz01234
_test_begin 12
_load
mkdir "$S0" && _record stack s0
ktap_test_result "names of stacks: 1 to 31 characters" \
	made "$DUMPFLT_CONFIG/a" "$DUMPFLT_CONFIG/0" "$DUMPFLT_CONFIG/a-b_9" "$DUMPFLT_CONFIG/$long"
ktap_test_result "a stack of the longest name goes live, without a complaint" long_is_live
ktap_test_result "other names of stacks are refused (C58)" \
	refused 'Invalid argument' "$DUMPFLT_CONFIG/${long}5" "$DUMPFLT_CONFIG/A" \
	"$DUMPFLT_CONFIG/a b" "$DUMPFLT_CONFIG/a.b" "$DUMPFLT_CONFIG/é"
ktap_test_result "a stack is there once" refused 'File exists' "$S0"
ktap_test_result "several stacks" many_stacks
ktap_test_result "names of filters: NN and 1 to 23 characters" \
	made "$S0/00-x" "$S0/99-a_9" "$S0/10-abcdefghijklmnopqrstuvw"
ktap_test_result "other names of filters are refused (C58)" \
	refused 'Invalid argument' "$S0/trace" "$S0/1-trace" "$S0/100-trace" "$S0/10trace" "$S0/10-" \
	"$S0/10" "$S0/1" "$S0/x1-trace" "$S0/-1-trace" "$S0/10-Trace" "$S0/10-tra-ce" \
	"$S0/10-abcdefghijklmnopqrstuvwx"
ktap_test_result "16 filters" fill 16
ktap_test_result "the 17th is refused (C58)" refused 'No space left' "$S0/80-another"
rmdir "$S0/15-f15"
ktap_test_result "a number is there once (C58)" refused 'File exists' "$S0/03-another"
ktap_test_result "a filter is there once (C58)" refused 'File exists' "$S0/80-f3"
ktap_test_result "after rmdir there is room again" made "$S0/80-f15"
_test_end
