# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# A start whose header is written, and whose flush is not answered, as one of the two disks
# that it goes to is silent.
#
# Copyright (C) 2026 the dumpflt authors

# _unflushed_disk: sets $outer, of two disks, with an area of one slot at its beginning
_unflushed_disk() {
	unflushed_a=$(_null_blk size=16 cache_size=1)
	unflushed_b=$(_dm "inner$$" "0 2048 linear $(_null_blk size=1 cache_size=1) 0")
	outer=$(_dm "outer$$" "0 16384 linear $unflushed_a 0
16384 2048 linear $unflushed_b 0
18432 14336 linear $unflushed_a 18432")
	_area_format "$outer" --slots 1 >/dev/null
}

# _start_unflushed <stack>: it fails, and the disk answers again
_start_unflushed() {
	dmsetup suspend --nolockfs "inner$$" || return 1
	_set_fails ETIMEDOUT start "$DUMPFLT_CONFIG/$1/session"
	unflushed_status=$?
	dmsetup resume "inner$$"
	return "$unflushed_status"
}
