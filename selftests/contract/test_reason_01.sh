#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reason_01.sh: the words of a read that fails are kept with its error, read back or besides a
# dump; those of one that succeeds are nobody's (F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

session=$DUMPFLT_CONFIG/s0/session

# result <what write and read return>
result() { echo "$1" >/sys/module/dumpflt_late/parameters/result; }

# read_at <block of 4 KiB>
read_at() { dd if="$(_dev s0)" of=/dev/null bs=4k skip="$1" count=1 iflag=direct 2>/dev/null; }

# has_words <block>: of the read of it, and of no other
has_words() {
	at=$(($1 * 4096))
	_last_error_has s0 "filter 'late': read of 4096 bytes at $at failed: no wish to give $at back: -ENODATA \\(-61\\)$"
}

# One that succeeds has given its words before
read_back() {
	result 0 && _session s0 read && read_at 1 && result -61 && ! read_at 2 || return 1
	has_words 2 && _set_fails ENODATA finish "$session"
}

# The next dump's reader is heard as well, and has failed nothing but his read
besides() {
	result 0 && _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 64K && read_at 3 &&
		result -61 && ! read_at 4 || return 1
	has_words 4 && result 0 && _session s0 finish && _attr_is s0 state complete
}

# A write's words are not the read's that was before it, and failed
written() {
	result 0 && _session s0 start && result -61 && ! read_at 5 && has_words 5 || return 1
	! "$HELPERS/pattern" write "$(_dev s0)" --size 64K 2>/dev/null
	_last_error_has s0 "filter 'late': write of 65536 bytes at 0 failed: no wish to go on at 0: -ENODATA \\(-61\\)$" &&
		_set_fails ENODATA finish "$session"
}

_test_begin 3
_load
modprobe dumpflt-late
_stack_create s0 "$(_null_blk size=1)"
_filter_add s0 10-late
_live s0 1
ktap_test_result "a read-back that fails" read_back
ktap_test_result "a read besides a dump that fails" besides
ktap_test_result "a write that fails behind one" written
_test_end
