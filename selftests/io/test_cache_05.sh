#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cache_05.sh: the block layer may hold a bio back before the stack device sees it, as
# io.max of a cgroup has it do, and its page is locked for as long: no end of a session
# waits for that (C50).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# A read of 64 KiB through the page cache, by somebody who may read 3 KiB in a second
reads_slowly() {
	device=$(_attr s0 device)
	read -r number <"/sys/block/$device/dev"
	mkdir "$groups/slow" && echo "$number rbps=3072" >"$groups/slow/io.max" || return 1
	sh -c 'echo $$ >"$1/cgroup.procs" && exec dd if="$2" of=/dev/null bs=64k count=1' - "$groups/slow" "/dev/$device" \
		2>/dev/null &
	reader=$!
	usleep 500000
}

finish() {
	_session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 64K && reads_slowly || return 1
	read -r begin _ </proc/uptime
	_session s0 finish || return 1
	read -r end _ </proc/uptime
	_attr_is s0 state complete && [ "$((${end%.*} - ${begin%.*}))" -le 5 ] && return 0
	echo "finish from $begin to $end s"
	return 1
}

# As long as that page is locked it cannot be dropped, and no dump begins
busy() {
	_set_fails EBUSY start "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 'has not yet answered all of the last session'
}

afterwards() {
	_soon 60 _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 64K && _session s0 finish &&
		_attr_is s0 state complete
}

grep -q '^blkio' /proc/cgroups || ktap_skip_all "no cgroups for block devices here"
_test_begin 3
_load
disk=$(_null_blk size=4)
_stack_create s0 "$disk"
_filter_add s0 10-template
_live s0 1
groups=$TEST_TMP/mnt
_mount -t cgroup2 none && echo +io >"$groups/cgroup.subtree_control"
ktap_test_result "somebody's read is held back: finish does not wait for it" finish
ktap_test_result "it is not over: no dump begins" busy
ktap_test_result "it is over: the next dump" afterwards
kill -9 "$reader"
wait "$reader" 2>/dev/null
_soon 60 rmdir "$groups/slow"
_test_end
