#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_04.sh: who was not asked is not silent: after a pause of the writer that is
# longer than timeout_ms the target has all of its time for the next answer; and what it
# takes too late is what it was given, with nothing behind it (C50, F1).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/place.sh
. "$SELFTESTS/lib/place.sh"

# The block layer asks about a request that is not answered each second at most
pause() {
	_session f start && "$HELPERS/pattern" write "$(_dev f)" --size 64K && sleep 5 &&
		_is silent_ms "$(cat "$(_sysfs f)/silent_ms")" 0 && dmsetup suspend --nolockfs "stuck$$" || return 1
	"$HELPERS/pattern" write "$(_dev f)" --offset 64K --size 64K >"$TEST_TMP/writer" 2>&1 &
	writer=$!
	usleep 2500000
	read -r silent_ms <"$(_sysfs f)/silent_ms"
	dmsetup resume "stuck$$"
	wait "$writer" || { cat "$TEST_TMP/writer"; return 1; }
	if [ "$silent_ms" -lt 1500 ] || [ "$silent_ms" -ge 5000 ]; then
		echo "after 2.5 s of silence silent_ms is $silent_ms"
		return 1
	fi
	_session f finish && _attr_is f state complete && _attr_is f last_error ''
}

# The chunk that is put together of pieces goes out at finish, and the trailer would be next
late() {
	_session f start && dd if="$reference" of="$(_dev f)" bs=4k count=3 oflag=direct 2>/dev/null &&
		dmsetup suspend --nolockfs "stuck$$" || return 1
	_set_fails ETIMEDOUT finish "$DUMPFLT_CONFIG/f/session"
	late_status=$?
	dmsetup resume "stuck$$"
	[ "$late_status" = 0 ] && _attr_is f state failed && _is "chunks that passed" "$(_stat f 10-trace write calls)" 1 &&
		_soon 10 _session f start && _session f abort &&
		_place_get "$disk" "$(_place_chunk 0 0)" 4096 | cmp -n 4096 - "$reference"
}

_test_begin 2
_load
disk=$(_null_blk size=4 cache_size=1)
# without a filter, whose end is a sign of life as well
_stack_create f "$(_dm "stuck$$" "0 8192 linear $disk 0")" timeout_ms=4000
_live f 1
ktap_test_result "asked after a pause, it answers in 2.5 s of 4: complete" pause
_remove_stack f && _forget stack f
reference=$(_area_reference 64)
_area_format "/dev/mapper/stuck$$" --slots 1 --overwrite >/dev/null
_place_area $((4 * 1048576)) 1 64
_area_stack f "/dev/mapper/stuck$$"
_set 1500 "$DUMPFLT_CONFIG/f/timeout_ms"
_filter_add f 10-trace
_live f 1
ktap_test_result "a chunk that it takes after timeout_ms: the dump has failed, and is not gone on with" late
_test_end
