#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_09.sh: one deadline is what a silent target costs at the end of a dump, however
# much of ours it holds: blocks of records of which one had an error, or requests of which
# each was sent at another time (C50, F1, F3).
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

SIZE=8388608

# chunk <stack> <number>
chunk() {
	dd if=/dev/zero of="$(_dev "$1")" bs=64k count=1 seek="$2" oflag=direct conv=notrunc 2>/dev/null
}

# within <hundredths of a second> <errno name> <stack> <session command>
within() {
	read -r begin _ </proc/uptime
	within_says=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/$3/session" "$4" 2>/dev/null)
	read -r end _ </proc/uptime
	within_took=$(((${end%.*} - ${begin%.*}) * 100 + 1${end#*.} - 1${begin#*.}))
	_is "what '$4' says" "${within_says:-0}" "$2" || return 1
	[ "$within_took" -le "$1" ] || { echo "'$4' took $within_took hundredths of a second, at most $1 were allowed"; return 1; }
}

# Two chunks have their records in a block. Twelve blocks are half full when the dump is
# aborted: the first one meets a bad sector, and nothing answers the rest. A deadline is 1.5 s
bad_and_silent() {
	_session s0 start || return 1
	for nr in 0 2 4 6 8 10 12 14 16 18 20 22; do
		chunk s0 "$nr" || return 1
	done
	_dm_refuses "bad$$" "$disk" "$records" 4096 && dmsetup suspend --nolockfs "silent$$" || return 1
	within 450 0 s0 abort
	bad_status=$?
	dmsetup resume "silent$$"
	_dm_refuses "bad$$" "$disk"
	[ "$bad_status" = 0 ] && _attr_is s0 state failed
}

next() {
	_soon 10 _session "$1" start && "$HELPERS/pattern" write "$(_dev "$1")" --size 64K --block 64K &&
		_session "$1" finish && _attr_is "$1" state complete
}

# The target holds a chunk; then, for a checkpoint, blocks of records have to be written. When that
# is given up, 4 s after it was begun, the chunk is not waited for once more
one_after_the_other() {
	_session s1 start && chunk s1 0 && chunk s1 2 && chunk s1 1 && dmsetup suspend --nolockfs "whole$$" || return 1
	chunk s1 3 &
	first=$!
	usleep 3000000
	dd if=/dev/null of="$(_dev s1)" conv=notrunc,fsync 2>/dev/null &
	second=$!
	usleep 500000
	within 600 ETIMEDOUT s1 finish
	other_status=$?
	_attr_is s1 state failed || other_status=1
	dmsetup resume "whole$$"
	wait "$first"
	! wait "$second" || { echo "the checkpoint has succeeded"; return 1; }
	return "$other_status"
}

_test_begin 4
_load
_place_area "$SIZE" 1 2048
records=$(_place_of_record 0 0)
disk=$(_null_blk size=8 cache_size=1)
_area_format "$disk" --slots 1 --overwrite --record-size 2048 >/dev/null
behind=$((records / 512 + 8))
bad=$(_dm "bad$$" "0 $((SIZE / 512)) linear $disk 0")
silent=$(_dm "silent$$" "0 $((SIZE / 512)) linear $disk 0")
_area_stack s0 "$(_dm "both$$" "0 $behind linear $bad 0
$behind $((SIZE / 512 - behind)) linear $silent $behind")"
_set 1500 "$DUMPFLT_CONFIG/s0/timeout_ms"
_live s0 1
ktap_test_result "a block of records with an error, and eleven without an answer" bad_and_silent
ktap_test_result "the next dump is complete" next s0
disk=$(_null_blk size=8 cache_size=1)
_area_format "$disk" --slots 1 --overwrite --record-size 2048 >/dev/null
_area_stack s1 "$(_dm "whole$$" "0 $((SIZE / 512)) linear $disk 0")"
_set 4000 "$DUMPFLT_CONFIG/s1/timeout_ms"
_live s1 1
ktap_test_result "what was asked later is given up: what was asked before is, too" one_after_the_other
ktap_test_result "the next dump is complete" next s1
_test_end
