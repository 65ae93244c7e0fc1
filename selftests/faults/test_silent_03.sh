#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_03.sh: a target that is silent at the end of a dump in an area costs one
# deadline, the records' included; and no more than 30 s where the session is only
# interrupted, however long timeout_ms is (C50, F8).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# stack <name> <timeout_ms>: live, on a target that can be silent
stack() {
	disk=$(_null_blk size=4 cache_size=1)
	_area_format "$disk" --slots 2 >/dev/null &&
		_area_stack "$1" "$(_dm "stuck-$1" "0 8192 linear $disk 0")" timeout_ms="$2" && _filter_add "$1" 10-digest &&
		_live "$1" 1
}

# silent <name>: with a record of the dump that is not written yet
silent() {
	_session "$1" start && "$HELPERS/pattern" write "$(_dev "$1")" --size 64K --block 64K &&
		dmsetup suspend --nolockfs "stuck-$1"
}

# timed <file> <value> <attribute path>: the errno, and hundredths of a second
timed() {
	read -r begin _ </proc/uptime
	timed_says=$("$HELPERS/setattr" "$3" "$2" 2>/dev/null)
	read -r end _ </proc/uptime
	echo "${timed_says:-0} $(((${end%.*} - ${begin%.*}) * 100 + 1${end#*.} - 1${begin#*.}))" >"$1"
}

# took <file> <errno name> <seconds at least> <at most>
took() {
	read -r took_says took_time <"$1"
	_is errno "$took_says" "$2" || return 1
	[ "$took_time" -ge "$(($3 * 100))" ] && [ "$took_time" -le "$(($4 * 100))" ] && return 0
	echo "it took $took_time hundredths of a second, from $3 to $4 s were expected"
	return 1
}

# Nothing but records, header and receipt is left to be written when a dump is aborted
asked_once() {
	stack f 4000 && silent f && timed "$TEST_TMP/abort" abort "$DUMPFLT_CONFIG/f/session" &&
		took "$TEST_TMP/abort" 0 3 6 && _attr_is f state failed
	asked_status=$?
	dmsetup resume stuck-f
	return "$asked_status"
}

next() {
	_soon 10 _session f start && "$HELPERS/pattern" write "$(_dev f)" --size 64K --block 64K && _session f finish &&
		_attr_is f state complete
}

interrupted() {
	_soon 240 [ -s "$TEST_TMP/down" ] && took "$TEST_TMP/down" EBUSY 25 45 && _attr_is g state interrupted &&
		dmesg | grep -q 'g: the target has not answered for [0-9]* ms; the dump fails if that lasts for 30000 ms'
	interrupted_status=$?
	dmsetup resume stuck-g
	return "$interrupted_status"
}

_test_begin 4
_load
stack g 200000
silent g
timed "$TEST_TMP/down" 0 "$DUMPFLT_CONFIG/g/live" &
ktap_test_result "a target that was silent for the records is not asked for the rest" asked_once
ktap_test_result "the next dump is complete" next
ktap_test_result "an interrupted session waits for 30 s, not for timeout_ms" interrupted
ktap_test_result "when the target has answered, the stack goes" _soon 10 _live g 0
_test_end
