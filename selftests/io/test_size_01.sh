#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_size_01.sh: targets with blocks of 512 and 4096 bytes, of odd and of tiny
# size (C35, D15).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have_module dm_mod scsi_debug

pattern() {
	"$HELPERS/pattern" "$@"
}

# stack <target> [<filter> [<option>]...]: after the one that was there
stack() {
	_remove_stack s0 && _forget stack s0
	_stack_create s0 "$1" && _filter_add s0 10-pos || return 1
	[ $# -eq 1 ] || _filter_add s0 "20-$2" "$3" || return 1
	_live s0 1
}

# round <block> <bytes>: dump and read back all of it
round() {
	_dump s0 --size "$2" --block "$1" && _attr_is s0 state complete && _session s0 read &&
		pattern verify "$(_dev s0)" --size "$2" --block 64K && _session s0 finish
}

# blocks <target> <bytes>: offered as they are, used as they are
blocks() {
	stack "$1" && _is "block size" "$(blockdev --getss "$(_dev s0)")" "$2" && round "$2" 256K &&
		round 1M 4M || return 1
	[ "$2" = 512 ] && return 0
	_session s0 start && _fails EINVAL "$HELPERS/blkop" direct "$(_dev s0)" 0 512 && _session s0 finish
}

# size <sectors of the target> <sectors of the stack device> [<filter> <option>]
size() {
	dmsetup remove --retry "size$$" 2>/dev/null && _forget dm "size$$"
	target=$(_dm "size$$" "0 $1 linear $disk 0")
	shift
	expected=$1
	shift
	stack "$target" "$@" && _is sectors "$(_sectors "$(_dev s0)")" "$expected" &&
		round 4K $((expected * 512)) && _remove_stack s0 && _forget stack s0
}

too_small() {
	dmsetup remove --retry "size$$" && _forget dm "size$$"
	_stack_create s0 "$(_dm "size$$" "0 7 linear $disk 0")" && _set_fails EINVAL 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 '3584 bytes' && _remove_stack s0 && _forget stack s0 &&
		dmsetup remove --retry "size$$" && _forget dm "size$$"
}

_test_begin 6
_load
mkdir "$DUMPFLT_CONFIG/s0"
_record stack s0
disk=$(_null_blk size=8)
ktap_test_result "512-byte blocks" blocks "$disk" 512
ktap_test_result "4096-byte blocks" blocks "$(_null_blk size=8 blocksize=4096)" 4096
ktap_test_result "4096-byte blocks of a SCSI disk" blocks "$(_scsi_debug sector_size=4096 dev_size_mb=8)" 4096
ktap_test_result "a target of 1001 sectors is used whole" size 1001 1001
ktap_test_result "it is rounded down for a filter with larger blocks (C35)" \
	size 1001 1000 fault block_size=4096
ktap_test_result "a target of one page, no less" eval 'size 8 8 && too_small'
_test_end
