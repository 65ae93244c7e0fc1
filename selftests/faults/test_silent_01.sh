#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_silent_01.sh: a target that answers nothing while a stack goes live: that ends in
# time, and nobody else waits for it; nor does a reboot (C50, F8).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

LIVE=$DUMPFLT_CONFIG/f/live

silent() { dmsetup suspend --nolockfs "stuck$$"; }
answers() { dmsetup resume "stuck$$"; }

# ms <command>...: sets took, in milliseconds
ms() {
	read -r begin _ </proc/uptime
	"$@"
	ms_status=$?
	read -r end _ </proc/uptime
	took=$(((${end%.*} * 100 + 1${end#*.} - 100) * 10 - (${begin%.*} * 100 + 1${begin#*.} - 100) * 10))
	return "$ms_status"
}

# within <milliseconds> <command>...
within() {
	limit=$1
	shift
	ms "$@" || return 1
	[ "$took" -le "$limit" ] || { echo "'$*' took $took ms, at most $limit were allowed"; return 1; }
}

# timeout_ms is 1000
ends() {
	silent
	within 4000 _set_fails ETIMEDOUT 1 "$LIVE" && _attr_is f state configured &&
		_last_error_has f "target /dev/mapper/stuck.* has not answered for 1000 ms"
}

# It is still asked; who tries again is told, and does not wait
again() {
	within 4000 _fails 'EBUSY|ETIMEDOUT' "$HELPERS/setattr" "$LIVE" 1
}

# While it goes live: another stack, this one's attributes, a second attempt
others() {
	_set 20000 "$DUMPFLT_CONFIG/f/timeout_ms"
	"$HELPERS/setattr" "$LIVE" 1 >"$TEST_TMP/live" 2>&1 &
	live=$!
	usleep 300000
	within 1000 _set_fails EBUSY 1 "$LIVE" && within 1000 mkdir "$DUMPFLT_CONFIG/other" &&
		within 1000 rmdir "$DUMPFLT_CONFIG/other" &&
		within 1000 _set_fails EBUSY 5000 "$DUMPFLT_CONFIG/f/timeout_ms" &&
		within 1000 _fails 'busy' mkdir "$DUMPFLT_CONFIG/f/30-trace" &&
		within 1000 _stack_create g "$healthy" && within 5000 _live g 1 && _dump g --size 64K &&
		_attr_is g state complete
}

answered() {
	answers
	wait "$live"
	_soon 10 _attr_is f live 1 || { _last_error f; return 1; }
	_dump f --size 64K && _attr_is f state complete
}

# What was left behind is gone when it answers: the target is free again
free() {
	_live f 0 && silent || return 1
	_set 300 "$DUMPFLT_CONFIG/f/timeout_ms"
	_set_fails ETIMEDOUT 1 "$LIVE" && answers && _soon 10 _live f 1 && _dump f --size 64K &&
		_attr_is f state complete
}

_test_begin 5
_load
disk=$(_null_blk size=1 cache_size=1)
healthy=$(_null_blk size=1)
_stack_create f "$(_dm "stuck$$" "0 2048 linear $disk 0")" timeout_ms=1000
_filter_add f 10-template
ktap_test_result "going live on a silent target ends after timeout_ms" ends
ktap_test_result "a second attempt ends, too" again
answers
_soon 10 _live f 1 && _live f 0
silent
ktap_test_result "nobody else waits: attributes, mkdir, another stack" others
ktap_test_result "it answers in time: the stack is live" answered
ktap_test_result "it answers too late: the target is free again" free
_test_end
