#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cfg_06.sh: a stack is made live while its filters' folders come and go: an
# error, or all of them are held (C46, C49).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"

S0=$DUMPFLT_CONFIG/s0
# As many, unless that takes more seconds than this: a kernel with sanitizers is slow
ROUNDS=150
SECONDS_AT_MOST=60
# The more there are, the longer it takes to hold them all
FOLDERS="$S0/10-template $S0/20-add $S0/30-template $S0/40-add"

# until_done <command>...: by one of those who disturb each other
until_done() {
	while [ ! -e "$TEST_TMP/done" ]; do
		"$@" 2>/dev/null
	done
	return 0
}

on() {
	echo 1 >"$S0/live"
}

off() {
	echo 0 >"$S0/live"
}

# Of the clock, into now
seconds() {
	read -r now _ </proc/uptime
	now=${now%.*}
}

# Both, again and again; how often one was refused is counted
come_and_go() {
	refused=0
	rounds=0
	seconds
	until_time=$((now + SECONDS_AT_MOST))
	while [ "$rounds" -lt "$ROUNDS" ] && seconds && [ "$now" -lt "$until_time" ]; do
		rounds=$((rounds + 1))
		# shellcheck disable=SC2086 # several
		mkdir $FOLDERS 2>/dev/null || refused=$((refused + 1))
		# shellcheck disable=SC2086 # several
		rmdir $FOLDERS 2>/dev/null || refused=$((refused + 1))
	done
	ktap_print_msg "$refused of $((rounds * 2)) refused"
}

# race <command>...: several of each, while the folders come and go
race() {
	rm -f "$TEST_TMP/done"
	pids=
	for command in "$@"; do
		until_done "$command" &
		pids="$pids $!"
	done
	come_and_go
	touch "$TEST_TMP/done"
	# shellcheck disable=SC2086 # several
	wait $pids
}

# Every load fails behind the place where the folders are held
without_target() {
	race on on on
}

with_target() {
	_set "$disk" "$S0/target" && race on off on
}

afterwards() {
	off && rmdir "$S0"/*/ 2>/dev/null
	_filter_add s0 10-template && _filter_add s0 20-add && _live s0 1 && _dump s0 --size 1M &&
		_attr_is s0 state complete && ! rmdir "$S0/10-template" 2>/dev/null
}

_test_begin 3
_load
disk=$(_null_blk size=4)
mkdir "$S0" && _record stack s0
ktap_test_result "filters are removed while loads fail" without_target
ktap_test_result "filters are removed while the stack comes and goes" with_target
ktap_test_result "then a dump goes through, and holds its filters" afterwards
_test_end
