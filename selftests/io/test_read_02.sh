#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_read_02.sh: a stack that cannot undo what it does is not read, and a read
# that the target fails is seen by no filter (C15, C16, C43, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"

# BOUNCE and PASS: the flags of a filter that may change data
unreadable() {
	_stack_create f "$disk" && _filter_add f 10-trace && _filter_add f 20-fault flags=20 "$@" &&
		_live f 1 && _set_fails EOPNOTSUPP read "$DUMPFLT_CONFIG/f/session" &&
		_last_error_has f "^filter 'fault': .*cannot read it back" && _attr_is f state live &&
		_calls_are 10-trace start 0 0
}

# Writing still works; in a dump, too, it cannot be read
dump() {
	_session f start && "$HELPERS/pattern" write "$(_dev f)" --size 128K --block 64K &&
		_fails 'not supported' "$HELPERS/pattern" verify "$(_dev f)" --size 128K &&
		_session f finish && _attr_is f state complete && _calls_are 20-fault read 0 0 &&
		_calls_are 10-trace read 0 0
}

end() {
	end_status=$?
	_remove_stack f && _forget stack f && return "$end_status"
}

# From sector 1024 on, at 512 KiB, this target fails
target_fails() {
	_stack_create f "$bad" && _filter_add f 10-trace && _filter_add f 20-template && _live f 1 &&
		_dump f --size 512K --block 64K && _session f read &&
		"$HELPERS/pattern" verify "$(_dev f)" --size 512K --block 64K &&
		_fails 'at 524288: Input/output error' \
			"$HELPERS/pattern" verify "$(_dev f)" --offset 512K --size 64K --block 64K
}

not_called() {
	_calls_are 10-trace read 8 0 && _calls_are 20-template read 8 0
}

failed() {
	_set_fails EIO finish "$DUMPFLT_CONFIG/f/session" && _attr_is f state failed &&
		_last_error_has f '^read of 65536 bytes at 524288: the target answered with an error: -EIO'
}

_test_begin 7
_load
disk=$(_null_blk size=1)
bad=$(_dm_fails_from "bad$$" "$disk" 1024)
disk=$(_null_blk size=1)
ktap_test_result "no flag READ: a stack that changes data is not read (C15, C16)" unreadable readable=0
ktap_test_result "a dump can be written, but not read (C16)" eval 'dump; end'
ktap_test_result "no callback: the same (C15)" \
	eval 'unreadable callbacks=write; end'
ktap_test_result "major version 1: the same (C15)" eval 'unreadable major=1; end'
ktap_test_result "the target fails a read: so does the reader's" target_fails
ktap_test_result "no filter has seen that read (C43)" not_called
ktap_test_result "the session has failed, and says where (F7)" failed
_test_end
