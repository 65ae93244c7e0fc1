#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_size_01.sh: targets with blocks of 512 and 4096 bytes, of odd and of tiny
# size; the end of the device; what goes around filters is not offered (C25,
# C26, C35, design 5.15).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=lib/test.sh
. "$(dirname "$0")/lib/test.sh"
# shellcheck source=lib/check.sh
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

beyond_end() {
	stack "$disk" && _session s0 start && pattern write "$(_dev s0)" --offset 8128K --size 64K &&
		_fails 'No space left' pattern write "$(_dev s0)" --offset 8M --size 64K &&
		_fails 'No space left' pattern write "$(_dev s0)" --offset 8128K --size 128K --block 128K --buffered &&
		_session s0 finish && _attr_is s0 state complete
}

not_offered() {
	stack "$disk" && _session s0 start || return 1
	for op in discard secdiscard; do
		_fails EOPNOTSUPP "$HELPERS/blkop" "$op" "$(_dev s0)" 0 65536 || return 1
	done
	for limit in discard_max_bytes write_zeroes_max_bytes discard_granularity; do
		_is "$limit" "$(cat "/sys/block/dumpflt0/queue/$limit")" 0 || return 1
	done
	_is zoned "$(cat /sys/block/dumpflt0/queue/zoned)" none
}

# A request for zeros becomes writes of zeros, which the filters see
zeroout() {
	before=$(_stat s0 10-pos write bytes)
	"$HELPERS/blkop" zeroout "$(_dev s0)" 65536 131072 &&
		_is "bytes through the filter" $(($(_stat s0 10-pos write bytes) - before)) 131072 &&
		_session s0 finish && _session s0 read || return 1
	_is "bytes that are not zero" "$(dd if="$(_dev s0)" bs=64k skip=1 count=2 2>/dev/null |
		tr -d '\000' | wc -c)" 0
}

_test_begin 9
_load
mkdir "$DUMPFLT_CONFIG/s0"
_record stack s0
disk=$(_null_blk size=8 discard=1)
ktap_test_result "512-byte blocks" blocks "$disk" 512
ktap_test_result "4096-byte blocks" blocks "$(_null_blk size=8 blocksize=4096)" 4096
ktap_test_result "4096-byte blocks of a SCSI disk" blocks "$(_scsi_debug sector_size=4096 dev_size_mb=8)" 4096
ktap_test_result "a target of 1001 sectors is used whole" size 1001 1001
ktap_test_result "it is rounded down for a filter with larger blocks (C35)" \
	size 1001 1000 fault block_size=4096
ktap_test_result "a target of one page, no less" eval 'size 8 8 && too_small'
ktap_test_result "a write beyond the end is refused" beyond_end
ktap_test_result "no discard, no secure erase, no write-zeroes, no zones" not_offered
ktap_test_result "zeroing goes through the filters" zeroout
_test_end
