#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_02.sh: a start that fails leaves the old dump of its slot as it was; and what a
# filter returns and says is judged in the same way wherever it comes from (C7, C56, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# old [--overwrite]: an area with one slot and a complete dump in it
old() {
	_area_format "$disk" --slots 1 "$@" && _area_stack s0 "$disk" && _live s0 1 &&
		_area_dump s0 "$reference" && _live s0 0
}

# does_not_start <errno> <words> <option>...
does_not_start() {
	start_errno=$1 start_words=$2
	shift 2
	_filter_add s0 10-trace && _filter_add s0 20-wrong "$@" && _live s0 1 &&
		_set_fails "$start_errno" start "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_last_error_has s0 "filter 'wrong': start$start_words" &&
		_is finishes "$(_stat s0 10-trace finish calls)" 1 && _live s0 0
}

overwritten() {
	old --overwrite && does_not_start EIO ' failed: -EIO' start=error number=5 &&
		_area_is "$disk" 0 COMPLETE && _area_same "$disk" 0 "$reference"
}

# It may go, but nothing has come yet
released() {
	old && "$TOOL" release --slot 0 "$disk" && does_not_start EIO ' failed: -EIO' start=error number=5 &&
		_area_has "$disk" 0 '"state":"COLLECTED"'
}

# Once all have started, it does go
starts() {
	old --overwrite && _live s0 1 && _session s0 start && _session s0 abort && _area_is "$disk" 0 FAILED
}

empty() {
	_area_format "$disk" --slots 1 && _area_stack s0 "$disk" &&
		does_not_start EIO ' failed: -EIO' start=error number=5 && _area_has "$disk" 0 '"state":"FAILED"' &&
		_area_has "$disk" 0 '"start_errno":5' && ! _area_has "$disk" 0 '"left_out":true'
}

# It returns what it was told; there are two lines of it and an escape sequence
one_line() {
	_area_format "$disk" --slots 1 && _area_stack s0 "$disk" &&
		does_not_start EIO ' failed: first line[?]second line[?]\[31m[?]: -EIO' start=words
}

key_twice() {
	_area_format "$disk" --slots 1 && _area_stack s0 "$disk" &&
		does_not_start EBUSY ': gave the key of the receipt twice: -EBUSY' start=twice
}

# init <errno> <words> <option>...
init() {
	init_errno=$1 init_words=$2
	shift 2
	_stack_create s0 "$plain" && _filter_add s0 10-wrong "$@" &&
		_set_fails "$init_errno" 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 "filter 'wrong': init failed: $init_words"
}

# number <callback> <value> <words>
number() {
	_stack_create s0 "$plain" && _filter_add s0 10-wrong "$1=error" number="$2" && _live s0 1 || return 1
	_session s0 start >/dev/null && _session s0 finish >/dev/null
	_live s0 0 && _last_error_has s0 "filter 'wrong': $1: $3"
}

irqs() {
	_stack_create s0 "$plain" && _filter_add s0 10-wrong "$1=irqs" && _live s0 1 && _session s0 start >/dev/null
	dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >/dev/null
	_attr_is s0 state failed && _last_error_has s0 "filter 'wrong': $1.*: came back with interrupts off"
}

unknown='returned an errno that user space does not know'
_test_begin 16
_load
disk=$(_null_blk size=40)
plain=$(_null_blk size=1)
reference=$(_area_reference 256)
ktap_test_result "a start that fails leaves the dump that it would have overwritten" _alone s0 overwritten
ktap_test_result "and one that was released" _alone s0 released
ktap_test_result "with all started, the slot is taken" _alone s0 starts
ktap_test_result "an empty slot gets the receipt that says why" _alone s0 empty
ktap_test_result "words of start are one printable line" _alone s0 one_line
ktap_test_result "the key of the receipt twice: the session does not begin" _alone s0 key_twice
ktap_test_result "words of init are one printable line" _alone s0 init EIO \
	'first line[?]second line[?]\[31m[?]: -EIO' init=words
ktap_test_result "init: -512" _alone s0 init EPROTO "$unknown \(-512\)" init=error number=512
ktap_test_result "init: -4096" _alone s0 init EPROTO "$unknown \(-4096\)" init=error number=4096
ktap_test_result "init: a positive value, and its own words" _alone s0 init EPROTO \
	'returned 7, which is no errno: said before' init=positive number=7
ktap_test_result "start: -134" _alone s0 number start 134 "$unknown"
ktap_test_result "finish: -134" _alone s0 number finish 134 "$unknown"
ktap_test_result "unload: -4096" _alone s0 number unload 4096 "$unknown"
ktap_test_result "start comes back with interrupts off" _alone s0 irqs start
ktap_test_result "write comes back with interrupts off" _alone s0 irqs write
ktap_test_result "finish comes back with interrupts off" _alone s0 irqs finish
_test_end
