#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_flush_02.sh: finish brings along what a buffered writer has left in the
# page cache, before the flush (C49, F1, F2, F4, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/events.sh
. "$SELFTESTS/lib/events.sh"
# shellcheck source=../lib/raw.sh
. "$SELFTESTS/lib/raw.sh"

# Without somebody who keeps it open, the writer's close would write it
leave_dirty() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 1M --buffered &&
		_raw_filled "$disk" 0 1024
}

finish() {
	number=$(_device_number "$disk")
	_events_on dumpflt/dumpflt_filter_call "block/block_rq_issue,dev == $number" dumpflt/dumpflt_flush
	_session s0 finish && _attr_is s0 state complete || return 1
	_events_stop
}

order() {
	_events | awk '
		/callback=write/ { print "write" }
		/callback=finish/ { print "finish" }
		$2 == "block_rq_issue" { print $4 ~ /^FF/ ? "flush" : "data" }' | sed 's/data/write/' | uniq
}

on_disk() {
	_is bytes "$(cat "$(_sysfs s0)/dump_bytes")" 1048576 && _live s0 0 && _live s0 1 &&
		_session s0 read && "$HELPERS/pattern" verify "$(_dev s0)" --size 1M && _session s0 finish
}

# A write that fails only then: nobody but finish can say so
late_failure() {
	_live s0 0 && _set "$(printf 'mode=error\nat=write\ncall=3\nerrno=90')" \
		"$DUMPFLT_CONFIG/s0/20-fault/options" && _live s0 1 || return 1
	exec 4<"$(_dev s0)"
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 1M --buffered || return 1
	_set_fails EMSGSIZE finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_last_error_has s0 "^filter 'fault': write of [0-9]* bytes at [0-9]* failed" || return 1
	exec 4<&-
}

_test_begin 5
_load
disk=$(_null_blk size=1 cache_size=1)
_raw_fill "$disk" 1024
_stack_create s0 "$disk"
_filter_add s0 10-template
_filter_add s0 20-fault
_live s0 1
exec 4<"$(_dev s0)"
ktap_test_result "a buffered writer leaves its data in the page cache" leave_dirty
ktap_test_result "finish succeeds" finish
ktap_test_result "first the data, then the filters' finish, then the flush (F1, F2, F4)" \
	_same_lines "$(printf 'write\nfinish\nflush')" order
exec 4<&-
ktap_test_result "all of it is on the disk, through the filters" on_disk
ktap_test_result "if it cannot be written then, finish says so (F7, C49)" late_failure
_test_end
