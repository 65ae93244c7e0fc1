#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_read_05.sh: a filter that changes data and was left out by start_optional: nothing is read
# back without it that was written with it, nor the other way round (C57).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# stack <number of the start that fails>
stack() {
	_stack_create s0 "$disk" && _filter_add s0 10-add "n=3
fail_start=$1" && _set 1 "$DUMPFLT_CONFIG/s0/10-add/start_optional" && _live s0 1
}

reads() {
	_session s0 read && "$HELPERS/pattern" verify "$(_dev s0)" --size 256K && _session s0 finish
}

not_without() {
	stack 2 && _dump s0 --size 256K && _attr_is s0 state complete && _set_fails ENODEV read "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 "filter 'add': start failed" && reads
}

not_with() {
	stack 1 && _dump s0 --size 256K && _attr_is s0 state complete && _attr_is s0 10-add/state left-out &&
		_set_fails EOPNOTSUPP read "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 "filter 'add': was left out of the dump that is there" &&
		_dump s0 --size 256K && reads
}

_test_begin 2
_load
disk=$(_null_blk size=1)
ktap_test_result "written with it, read without it: refused" _alone s0 not_without
ktap_test_result "written without it, read with it: refused until the next dump" _alone s0 not_with
_test_end
