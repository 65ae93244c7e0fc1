#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_flush_07.sh: how a dump gets durable is looked at when it begins and once more
# behind its last flush; and a flush that no dump needs is not the target's affair (C50,
# F4, F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

SESSION=$DUMPFLT_CONFIG/s0/session
REFUSED='takes no flush: its driver says that it has no cache'

# cache <back|through>: what its driver says of the target's
cache() {
	echo "write $1" >"/sys/block/${disk##*/}/queue/write_cache"
}

durable_by() {
	_is durability "$(cat "$(_sysfs s0)/durability")" "$1"
}

# One that was live before its target changed
at_start() {
	_session s0 start && _session s0 finish && durable_by flush && cache through &&
		_set_fails EOPNOTSUPP start "$SESSION" && _last_error_has s0 "$REFUSED" && cache back &&
		_dump s0 --size 64K && _attr_is s0 state complete
}

# What was written before may be in that cache, which nobody can flush any more
in_the_dump() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 64K && cache through &&
		_set_fails EOPNOTSUPP finish "$SESSION" && _attr_is s0 state failed && _last_error_has s0 "$REFUSED"
	in_status=$?
	cache back
	return "$in_status"
}

# Without require_flush it is no error, and is said
only_said() {
	_live s0 0 && _set 0 "$DUMPFLT_CONFIG/s0/require_flush" && _live s0 1 && _session s0 start && durable_by flush &&
		"$HELPERS/pattern" write "$(_dev s0)" --size 64K && cache through && _session s0 finish &&
		durable_by write-through
	only_status=$?
	cache back
	_live s0 0 && _set 1 "$DUMPFLT_CONFIG/s0/require_flush" && _live s0 1 && return "$only_status"
}

# fsync <status>: by somebody who wrote nothing, on a target that answers nothing
fsync_ends() {
	dmsetup suspend --nolockfs "stuck$$"
	timeout 5 dd if=/dev/null of="$(_dev s0)" conv=notrunc,fsync 2>/dev/null
	fsync_status=$?
	! _in_flight s0 || { echo "the target was asked"; fsync_status=in-flight; }
	dmsetup resume "stuck$$"
	_is "status of fsync" "$fsync_status" "$1"
}

outside() {
	_live s0 0 && _live s0 1 && fsync_ends 0 || return 1
	_dump s0 --size 64K && fsync_ends 0
}

# Whoever asks behind a dump that has failed is not told that all is well
failed() {
	_session s0 start && _session s0 abort && _attr_is s0 state failed && fsync_ends 1
}

_test_begin 5
_load
disk=$(_null_blk size=1 cache_size=1)
_stack_create s0 "$disk" require_flush=1 timeout_ms=3000
_filter_add s0 10-template
_live s0 1
ktap_test_result "a target that has lost its cache takes no dump that needs a flush" at_start
ktap_test_result "one that loses it meanwhile fails the dump" in_the_dump
ktap_test_result "where no flush is required, it is said how the dump is durable" only_said
_remove_stack s0 && _forget stack s0
_stack_create s0 "$(_dm "stuck$$" "0 2048 linear $disk 0")" timeout_ms=3000
_filter_add s0 10-template
_live s0 1
ktap_test_result "outside of a dump a flush does not wait for the target" outside
ktap_test_result "behind a dump that has failed it is an error" failed
_test_end
