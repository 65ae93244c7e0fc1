#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_cache_02.sh: what somebody wrote through the target's own page cache, or through
# that of its disk, before the stack took it, or before the dump, does not go out over
# the dump (F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# soil <device> <first MiB>: a MiB of it is dirty, and stays so: the last to close it writes
soil() {
	yes 'an old writer' | dd of="$1" bs=64k count=16 seek=$(($2 * 16)) iflag=fullblock conv=notrunc 2>/dev/null
}

# survives <target> <soiled device> <first MiB> [live]: soiled when the stack was live already
survives() {
	echo 360000 >/proc/sys/vm/dirty_expire_centisecs
	echo 0 >/proc/sys/vm/dirty_writeback_centisecs
	exec 4<>"$2"
	[ "${4-}" = live ] || soil "$2" "$3"
	_stack_create s0 "$1" && _filter_add s0 10-trace && _live s0 1 && { [ "${4-}" != live ] || soil "$2" "$3"; } &&
		_dump s0 --size 1M && _attr_is s0 state complete
	survives_status=$?
	sync
	exec 4<&-
	echo 500 >/proc/sys/vm/dirty_writeback_centisecs
	echo 3000 >/proc/sys/vm/dirty_expire_centisecs
	[ "$survives_status" -eq 0 ] && _session s0 read && "$HELPERS/pattern" verify "$(_dev s0)" --size 1M &&
		_session s0 finish && _remove_stack s0 && _forget stack s0
}

_test_begin 4
_load
disk=$(_null_blk size=8)
_partition "$disk"
ktap_test_result "a disk with dirty pages of its own" survives "$disk" "$disk" 0
_partition "$disk"
ktap_test_result "a partition, and dirty pages of its disk" survives "${disk}p1" "$disk" 1
ktap_test_result "a live stack, and dirty pages of its target" survives "${disk}p1" "${disk}p1" 0 live
ktap_test_result "a live stack, and dirty pages of its disk" survives "${disk}p1" "$disk" 1 live
_test_end
