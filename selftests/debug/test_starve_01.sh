#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_starve_01.sh: between start and finish every allocation of the tasks that
# run our code fails; dump and read-back go on without (C44).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/raw.sh
. "$SELFTESTS/lib/raw.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"

FAULTS=/sys/kernel/debug
BLOCKS=120

# knob <name> <value>: of slab and pages
knob() {
	echo "$2" >"$FAULTS/failslab/$1" && echo "$2" >"$FAULTS/fail_page_alloc/$1"
}

# Only of tasks that are marked, all of theirs, without a word
failures_on() {
	knob task-filter Y && knob ignore-gfp-wait N && knob times -1 && knob interval 1 &&
		knob space 0 && knob verbose 0 && echo N >"$FAULTS/fail_page_alloc/ignore-gfp-highmem" &&
		echo 0 >"$FAULTS/fail_page_alloc/min-order" && knob probability 100
}

failures_off() {
	knob probability 0
}

# starved <start|read>
starved() {
	failures_on || return 1
	"$HELPERS/starve" "$1" "$DUMPFLT_CONFIG/s0/session" "$(_dev s0)" "$BLOCKS"
	starved_status=$?
	failures_off
	[ "$starved_status" -eq 0 ] || _last_error s0
	return "$starved_status"
}

# What a target's driver needs memory for is its own affair: this one has its
# pages before
new_disk() {
	_raw_fill "$disk" 8192
}

plain() {
	new_disk && _stack_create s0 "$disk" && _filter_add s0 10-trace &&
		_filter_add s0 20-crypt "key=dumpflt:t$$" && _filter_add s0 30-template && _live s0 1 &&
		starved start && _attr_is s0 state complete && starved read &&
		_is "allocations seen" "$(_allocations)" 0
}

area() {
	new_disk && _area_format "$disk" --slots 1 >/dev/null &&
		_area_stack s0 "$disk" && _filter_add s0 10-trace && _filter_add s0 20-age "recipient=$(_age_key alice)" &&
		_filter_add s0 30-digest && _live s0 1 && starved start && _area_is "$disk" 0 COMPLETE &&
		_is "allocations seen" "$(_allocations)" 0
}

# The filter's kmalloc() fails, as everybody's does: only so is the rest proved
control() {
	new_disk && _stack_create s0 "$disk" && _filter_add s0 10-fault mode=alloc at=write call=3 &&
		_live s0 1 && _fails 'write failed' starved start &&
		_last_error_has s0 'write of 16384 bytes at 32768 failed: -ENOMEM'
}

_have "$FAULTS/failslab" "$FAULTS/fail_page_alloc" keyctl
_test_begin 3
_load_watched
disk=$(_null_blk size=8)
head -c 64 /dev/urandom | keyctl padd logon "dumpflt:t$$" @u >/dev/null
ktap_test_result "a dump into a plain target, and reading it back, without any memory (C44)" _alone s0 plain
ktap_test_result "a sealed dump into an area without any memory (C44)" _alone s0 area
# The watch would be the one to find it
ktap_test_result "a filter that allocates gets nothing" \
	eval '_unload && _forget unload dumpflt && _load && _alone s0 control'
_test_end
