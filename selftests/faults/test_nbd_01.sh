#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_nbd_01.sh: a network block device whose server takes no flush. A dump on it is
# complete by the word of its driver, and all that speak of it say so; require_flush
# refuses it (C50, F4, F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/capture.sh
. "$SELFTESTS/lib/capture.sh"
_have_module nbd

WARNING='is a network block device whose server takes no flush: the dump is durable only if the server writes through'
WORD="by its driver's word"

# sent <file>: how many flushes the server has seen
sent() {
	cat "$1"
}

# stack_says <device> <durability>: the kernel and "status" of a dump by hand
stack_says() {
	_stack_create s0 "$1" && _filter_add s0 10-trace && _live s0 1 && _dump s0 --size 64K && _attr_is s0 state complete &&
		_is durability "$(cat "/sys/block/dumpflt0/dumpflt/durability")" "$2" &&
		"$TOOL" status --json s0 | tr -d '\n\t ' | grep "\"durability\":\"$2\"" &&
		_remove_stack s0 && _forget stack s0
}

flushes() {
	stack_says "$with" flush && [ "$(sent "$asked")" -gt 0 ]
}

takes_none() {
	stack_says "$without" write-through && _is 'flushes sent' "$(sent "$never")" 0
}

# captured <device> <slot>: into a dump area on it
captured() {
	_capture_prepare "$1" 60 && _captures 0 60 && _capture_says 'complete: 4198480 bytes' && _capture_gone
}

with_flush() {
	captured "$with" && ! grep -q "$WORD\|takes no flush" "$TEST_TMP/out" &&
		_area_has "$with" 0 '"durability":"flush"' &&
		"$TOOL" show "$with" | grep 'durable   by a flush, which reached the target'
}

without_flush() {
	captured "$without" && _capture_says "WARNING: '$without' $WARNING" && _capture_says "$WORD (write through)" &&
		_is 'flushes sent' "$(sent "$never")" 0
}

receipt_says() {
	_area_has "$without" 0 '"durability":"write-through"' &&
		"$TOOL" show "$without" | grep "durable   $WORD" &&
		"$TOOL" verify --slot 0 "$without" >"$TEST_TMP/verified" && grep "it was durable $WORD" "$TEST_TMP/verified"
}

refused() {
	_stack_create s0 "$without" require_flush=1 && _set_fails EOPNOTSUPP 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 "target $without takes no flush: its driver says that it has no cache" &&
		_remove_stack s0 && _forget stack s0 || return 1
	_capture_prepare "$without" 60 && sed -i 's/^timeout_ms/require_flush = yes\n&/' "$TEST_TMP/conf" &&
		_captures 1 60 && _capture_failed && _capture_says 'takes no flush' && _capture_gone &&
		_area_has "$without" 1 '"state":"EMPTY"'
}

not_refused() {
	_area_stack s0 "$with" require_flush=1 && _filter_add s0 10-trace && _live s0 1
}

_test_begin 7
_load
modprobe dumpflt-trace
asked=$TEST_TMP/asked never=$TEST_TMP/never
with=$(_nbd 16 "$asked" flush)
without=$(_nbd 16 "$never")
ktap_test_result "a server that takes flushes is sent them: durability is flush" flushes
ktap_test_result "one that takes none is sent none: durability is write-through" takes_none
_area_format "$with" --slots 2
_area_format "$without" --slots 2
ktap_test_result "capture to the one: durable by a flush, no warning" with_flush
ktap_test_result "capture to the other: by its driver's word, and a warning" without_flush
ktap_test_result "so say its receipt, show and verify" receipt_says
ktap_test_result "require_flush: neither live nor capture takes it" refused
ktap_test_result "require_flush: the one that takes flushes is taken" not_refused
_test_end
