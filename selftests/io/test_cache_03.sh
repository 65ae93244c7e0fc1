#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cache_03.sh: what was written to the stack device before a dump, and was refused,
# is not that dump's error (F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# Written when nobody waits, and refused: the page cache keeps that for whoever asks next.
# Somebody has the device open, so that it is not forgotten with the last one
refused() {
	exec 4<>"$(_dev s0)"
	dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 conv=notrunc 2>/dev/null && sync
}

# A dump through the page cache, which finish writes back and then asks
buffered() {
	_session s0 start && yes 'the dump' | dd of="$(_dev s0)" bs=64k count=4 iflag=fullblock conv=notrunc 2>/dev/null &&
		_session s0 finish && _attr_is s0 state complete && _attr_is s0 last_error ''
}

first_dump() {
	refused && buffered
	first_status=$?
	exec 4<&-
	return "$first_status"
}

# An error within the dump is the dump's
own_error() {
	exec 4<>"$(_dev s0)"
	_session s0 start && dd if=/dev/zero of="$(_dev s0)" bs=64k count=64 conv=notrunc 2>/dev/null
	_set_fails EIO finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed
	own_status=$?
	exec 4<&-
	return "$own_status"
}

_test_begin 3
_load
disk=$(_null_blk size=4)
_stack_create s0 "$(_dm_fails_from "bad$$" "$disk" 4096)"
_filter_add s0 10-template
_live s0 1
ktap_test_result "an error from before is not the first dump's" first_dump
ktap_test_result "a write that fails in the dump is" own_error
ktap_test_result "nor is that the next dump's" buffered
_test_end
