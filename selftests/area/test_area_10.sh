#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_10.sh: a dump that failed before its first chunk costs no slot, one
# with something in it keeps it; and the writer says why it aborts (F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# Two slots, and three starts that fail: misconfigured, in a crash loop
starts() {
	for _ in 1 2 3; do
		_set_fails EIO start "$DUMPFLT_CONFIG/s0/session" || return 1
	done
	_area_has "$disk" 0 '"state":"FAILED".*"chunks":0,'
}

again() {
	_live s0 0 && rmdir "$DUMPFLT_CONFIG/s0/10-fault" && _live s0 1 && _session s0 start && _session s0 abort &&
		_live s0 0 && _live s0 1 && written 0 && _area_is "$disk" 1 COMPLETE && written 1 &&
		_area_is "$disk" 0 COMPLETE
}

written() {
	_area_dump s0 "$reference"
}

full() {
	_set_fails ENOSPC start "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 'no free slot' && _area_same "$disk" 0 "$reference"
}

# What has something in it is somebody's, however it ended
kept() {
	_live s0 0 && "$TOOL" release --all "$disk" && _live s0 1 || return 1
	for _ in 1 2; do
		_session s0 start && dd if="$reference" of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null &&
			_session s0 'abort the paper ran out' || return 1
	done
	_set_fails ENOSPC start "$DUMPFLT_CONFIG/s0/session" && _live s0 0 && _live s0 1 &&
		_set_fails ENOSPC start "$DUMPFLT_CONFIG/s0/session"
}

words() {
	_area_has "$disk" 0 '"state":"FAILED".*"error":"abortedbyitswriter:thepaperranout:.*ECANCELED'
}

# An escape sequence would be the terminal's of whoever reads the log
odd_words() {
	_live s0 0 && "$TOOL" release --all --force "$disk" && _live s0 1 && _session s0 start &&
		_session s0 "$(printf 'abort a\033[2Jb')" && _last_error_has s0 'aborted by its writer: a.\[2Jb' &&
		_session s0 start && _set_fails EINVAL abortive "$DUMPFLT_CONFIG/s0/session" && _session s0 abort &&
		_last_error_has s0 'aborted by its writer, the dump is not whole'
}

_test_begin 6
_load
disk=$(_null_blk size=16)
reference=$(_area_reference 1024)
_area_format "$disk" --slots 2
_area_stack s0 "$disk"
_filter_add s0 10-fault mode=error at=start errno=5 every=1 && _set 1 "$DUMPFLT_CONFIG/s0/10-fault/critical"
_live s0 1
ktap_test_result "dumps that do not start cost no slot" starts
ktap_test_result "nor when the stack goes live anew" again
ktap_test_result "two dumps are two dumps" full
ktap_test_result "what failed later keeps its slot" kept
ktap_test_result "why the writer aborted is in the receipt" words
ktap_test_result "whatever it says is one line of text" odd_words
_test_end
