#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cache_06.sh: a page that the block layer holds back above the stack device, left by a
# reader that was killed, does not hold up who takes the stack down: he is told, in time (C50).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# A read of 64 KiB through the page cache, by somebody who may read 1.5 KiB in a second. His close waits
# for the page, when nobody has the device open any more
killed() {
	device=$(_attr s0 device)
	read -r number <"/sys/block/$device/dev"
	mkdir "$groups/slow" && echo "$number rbps=1536" >"$groups/slow/io.max" || return 1
	sh -c 'echo $$ >"$1/cgroup.procs" && exec dd if="$2" of=/dev/null bs=64k count=1' - "$groups/slow" "/dev/$device" \
		2>/dev/null &
	reader=$!
	usleep 1500000
	kill -9 "$reader"
	usleep 500000
}

told() {
	killed || return 1
	read -r begin _ </proc/uptime
	said=$("$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/live" 0 2>/dev/null)
	read -r end _ </proc/uptime
	_is "what live=0 says" "$said" EBUSY && [ "$((${end%.*} - ${begin%.*}))" -le 6 ] && return 0
	echo "live=0 from $begin to $end s"
	return 1
}

grep -q '^blkio' /proc/cgroups || ktap_skip_all "no cgroups for block devices here"
_test_begin 2
_load
_stack_create s0 "$(_null_blk size=4)" timeout_ms=1000
_live s0 1
groups=$TEST_TMP/mnt
_mount -t cgroup2 none && echo +io >"$groups/cgroup.subtree_control"
ktap_test_result "a killed reader's page is held back: live=0 does not wait for it" told
ktap_test_result "it is over: the stack goes" _soon 90 _live s0 0
wait "$reader" 2>/dev/null
_soon 60 rmdir "$groups/slow"
_test_end
