#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_read_04.sh: pages that somebody has mapped: what the filters gave out is not to be had
# from them after finish, and whoever reads the target sees what has been written (C33, C40).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# hold [--dirty] <device>: until let_go
hold() {
	: >"$TEST_TMP/held"
	"$HELPERS/hold" "$@" >"$TEST_TMP/held" 2>&1 &
	holder=$!
	_soon 5 grep -q 'begins with' "$TEST_TMP/held" && read -r held <"$TEST_TMP/held"
}

let_go() {
	kill "$holder"
	wait "$holder" 2>/dev/null
	:
}

first_page() {
	dd if="$1" bs=4k count=1 2>/dev/null | sha256sum
}

read_cached() {
	_session s0 read
}

write_cached() {
	_session s0 start && dd if="$TEST_TMP/plain" of="$(_dev s0)" bs=4k conv=fsync 2>/dev/null
}

# forgotten <begin> [--dirty]: the page cache outlives the session, as the holder keeps the device open
forgotten() {
	"$1" || return 1
	shift
	hold "$@" "$(_dev s0)" || return 1
	_session s0 finish
	forgotten_status=$?
	_fails 'Input/output error' dd if="$(_dev s0)" of=/dev/null bs=4k count=1 || forgotten_status=1
	let_go
	_is "what was mapped" "$held" "holding a page that begins with 50" && return "$forgotten_status"
}

target_is_fresh() {
	hold "$disk" && before=$(first_page "$disk") && _dump s0 --size 64K
	fresh_status=$?
	after=$(first_page "$disk")
	direct=$(dd if="$disk" bs=4k count=1 iflag=direct 2>/dev/null | sha256sum)
	let_go
	[ "$fresh_status" = 0 ] && [ "$before" != "$after" ] && _is "the first page" "$after" "$direct"
}

_test_begin 4
_load
disk=$(_null_blk size=1)
head -c 65536 /dev/zero | tr '\000' P >"$TEST_TMP/plain"
_stack_create s0 "$disk"
_filter_add s0 10-template key=0x21
_live s0 1
ktap_test_result "a page that was mapped in a dump is forgotten" forgotten write_cached
ktap_test_result "so is one of a read-back" forgotten read_cached
ktap_test_result "and one that was written to" forgotten read_cached --dirty
ktap_test_result "a mapped page of the target shows the dump" target_is_fresh
_test_end
