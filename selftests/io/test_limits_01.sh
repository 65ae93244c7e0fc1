#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_limits_01.sh: whatever a request looks like in memory, it becomes one that the
# target takes, however narrow its limits are, and whatever the filters made of its
# block size (C24, C26, C35, C36).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# afresh: without the stack that was there
afresh() {
	_remove_stack s0 && _forget stack s0
}

# ds <device> <bytes>: D's from 64 KiB on, and nothing behind them
ds() {
	[ "$(dd if="$1" bs=64k skip=1 count=5 iflag=direct 2>/dev/null | tr -d '\000' | wc -c)" = "$2" ] &&
		[ "$(dd if="$1" bs=64k skip=1 iflag=direct 2>/dev/null | head -c "$2" | tr -d D | wc -c)" = 0 ]
}

# put <operation> <bytes>: written; or refused for its shape alone, which fails no dump
put() {
	"$HELPERS/blkop" discard "$disk" 0 8388608 && _session s0 start || return 1
	if "$HELPERS/blkop" "$1" "$dev" 65536 "$2" >"$TEST_TMP/errno"; then
		_session s0 finish && ds "$disk" "$2"
	else
		may_refuse "$1" || { echo "$1 of $2 bytes: $(cat "$TEST_TMP/errno")"; return 1; }
		[ "$(cat "$TEST_TMP/errno")" = EINVAL ] && _session s0 finish
	fi
	_attr_is s0 last_error '' && _attr_is s0 state complete
}

# may_refuse: is the shape one of those, or one that this kernel refuses for every disk of such blocks?
may_refuse() {
	case $shapes in *" $1 "*) return 0 ;; esac
	[ "$1" = shifted ] && [ "$(_memory_step "$dev")" != 512 ]
}

# puts: with all shapes, of one block and of many
puts() {
	for bytes in 4096 8192 65536 262144; do
		for shape in direct shifted pieces; do
			put "$shape" "$bytes" || return 1
		done
	done
}

# narrow <shapes that may be refused> <bytes of a block> <parameter>...: null_blk's takes memory that
# begins at any sector only if its blocks are sectors. SCSI's does not mind
narrow() {
	shapes=" $1 "
	case $2 in
	512) disk=$(_null_blk size=8 discard=1) ;;
	*) disk=$scsi ;;
	esac
	shift 2
	modprobe narrow "path=$disk" "$@" && rmmod narrow || return 1
	for words in '10-pos' '10-fault block_size=4096'; do
		# shellcheck disable=SC2086 # they are words
		afresh && _stack_create s0 "$disk" && _filter_add s0 $words && _live s0 1 || return 1
		dev=$(_dev s0)
		puts || return 1
	done
}

# A whole chunk from anywhere in memory, into an area
area() {
	disk=$(_null_blk size=16)
	modprobe narrow "path=$disk" "$@" && rmmod narrow && afresh && _area_format "$disk" --slots 1 --overwrite &&
		_area_stack s0 "$disk" && _filter_add s0 10-digest && _live s0 1 || return 1
	dev=$(_dev s0)
	shape=shifted
	[ "$(_memory_step "$dev")" = 512 ] || shape=direct
	_session s0 start && "$HELPERS/blkop" "$shape" "$dev" 0 1048576 && _session s0 finish &&
		_attr_is s0 state complete && "$TOOL" verify --slot 0 "$disk" >/dev/null
}

_test_begin 13
_load
mkdir "$DUMPFLT_CONFIG/s0"
_record stack s0
scsi=$(_scsi_debug sector_size=4096 dev_size_mb=8 lbpu=1)
# Where the filter raises the block size, pieces of less than a block may be refused
one='pieces'
ktap_test_result "one segment" narrow "$one" 512 segments=1
ktap_test_result "one segment of a page" narrow "$one" 512 segments=1 segment_size=4096
ktap_test_result "three segments" narrow "$one" 512 segments=3
ktap_test_result "requests of a page" narrow "$one" 512 max_sectors=8
ktap_test_result "requests of an odd number of sectors" narrow "$one" 512 max_sectors=15 segments=2
ktap_test_result "segments without gaps" narrow "$one" 512 virt_boundary=4095
ktap_test_result "one segment without gaps" narrow "$one" 512 virt_boundary=4095 segments=1
ktap_test_result "memory that begins on a page" narrow "$one shifted" 512 dma_alignment=4095 segments=1
ktap_test_result "no request crosses 2 KiB" narrow "$one" 512 chunk_sectors=4
ktap_test_result "nor 6 KiB" narrow "$one" 512 chunk_sectors=12 segments=1
ktap_test_result "blocks of 4096 bytes, two segments" narrow "$one" 4096 segments=2
ktap_test_result "blocks of 4096 bytes, one segment" narrow "$one shifted" 4096 segments=1
ktap_test_result "a dump area" eval 'area segments=1 && area segments=2 max_sectors=8 && area virt_boundary=4095'
_test_end
