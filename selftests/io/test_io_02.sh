#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_io_02.sh: a writer that is killed, and a target that is taken away in the
# middle of a dump (C49, C53, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"

# Slow enough to be in the middle of it
stack() {
	_stack_create f "$1" && _filter_add f 10-fault mode=delay at=write every=1 ms=50 &&
		_filter_add f 20-trace && _live f 1
}

# killed <pattern option>...: a writer that has at least seconds to go
killed() {
	_session f start || return 1
	before=$(_stat f 10-fault write calls)
	"$HELPERS/pattern" write "$(_dev f)" "$@" >/dev/null 2>&1 &
	victim=$!
	usleep 400000
	kill -KILL "$victim" || return 1
	wait "$victim" 2>/dev/null
	_is "status of the writer" "$?" 137 || return 1
	calls=$(($(_stat f 10-fault write calls) - before))
	# Nothing is known to be missing: that is for the writer to say
	_session f finish && _attr_is f state complete
}

in_the_middle() {
	killed --size 8M --block 64K || return 1
	[ "$calls" -lt 128 ] || {
		echo "all of the writes had been made"
		return 1
	}
}

aborted() {
	_session f start && _fault_write --size 128K && _session f abort && _attr_is f state failed &&
		_last_error_has f 'aborted by its writer'
}

# <command that takes the disk away> in the middle of a write
taken_away() {
	_session f start || return 1
	"$HELPERS/pattern" write "$(_dev f)" --size 8M >"$TEST_TMP/out" 2>&1 &
	writer=$!
	usleep 300000
	"$@"
	wait "$writer" && {
		echo "the writer saw nothing"
		return 1
	}
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/f/session" finish 2>/dev/null && {
		echo "finish succeeded"
		return 1
	}
	_attr_is f state failed && _last_error_has f '^write of 65536 bytes at [0-9]*: the target' &&
		_calls_are 20-trace finish "$finishes" 0
}

delete_scsi() {
	echo 1 >"/sys/block/${scsi##*/}/device/delete"
}

gone() {
	_live f 0 && _remove_stack f && _forget stack f && [ ! -e /dev/dumpflt0 ]
}

_test_begin 6
_load
_apart
disk=$(_null_blk size=8)
scsi=$(_scsi_debug dev_size_mb=16)
stack "$disk"
ktap_test_result "a writer that is killed: the session goes on, and can be finished" in_the_middle
ktap_test_result "the same with a writer to the page cache" killed --size 2M --buffered
ktap_test_result "abort instead makes it failed" aborted
ktap_test_result "the stack can be unloaded" gone
stack "$scsi"
finishes=1
ktap_test_result "a target that is taken away: failed, filters are finished (C49, F7)" taken_away delete_scsi
ktap_test_result "the stack can be unloaded without it (C53)" gone
_test_end
