#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_start_01.sh: a target that fails, or is silent, only while a dump begins
# does not cost the slot: the next dump gets it.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

dump() {
	_soon 5 _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 256K && _session s0 finish &&
		_attr_is s0 state complete && _area_is "$disk" 0 COMPLETE
}

# target <kind> [<argument>]...: all of it is such a one of device-mapper's from now on
target() {
	dmsetup suspend "start$$" && dmsetup reload "start$$" --table "0 $(_sectors "$disk") $*" && dmsetup resume "start$$"
}

# The dump that is refused, and the next one, without going live anew
fails_once() {
	target error || return 1
	_set_fails EIO start "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 'writing the header of the dump area'
	fails_status=$?
	target linear "$disk" 0 && [ "$fails_status" = 0 ] && dump
}

# The dump that is there was copied out
release() {
	_live s0 0 && "$TOOL" release --slot 0 "/dev/mapper/start$$" && _live s0 1
}

released() {
	release && fails_once
}

silent() {
	release && dmsetup suspend --nolockfs "start$$" || return 1
	_set_fails ETIMEDOUT start "$DUMPFLT_CONFIG/s0/session"
	silent_status=$?
	dmsetup resume "start$$" && [ "$silent_status" = 0 ] && dump
}

_test_begin 3
_load
disk=$(_null_blk size=16 cache_size=1)
_area_format "$disk" --slots 1
_area_stack s0 "$(_dm "start$$" "0 $(_sectors "$disk") linear $disk 0")"
_set 1000 "$DUMPFLT_CONFIG/s0/timeout_ms"
_live s0 1
ktap_test_result "the header cannot be written, the slot is empty" fails_once
ktap_test_result "the header cannot be written, the dump in it was released" released
ktap_test_result "the target is silent, then answers" silent
_test_end
