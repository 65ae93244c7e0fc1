#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_08.sh: a dump of more than 4 GiB is complete, and all counts of it are right
# (D11, F3, F6, C60).
#
# Copyright (C) 2026 the dumpflt authors
#
# It is all zeros, which need no memory: what dm-zero is written to is lost, and it reads as
# zeros. Only the dump is mapped to it.

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/place.sh
. "$SELFTESTS/lib/place.sh"
_have dmsetup
_have_module dm_zero

MIB=4400
CHUNKS=65537		# of the dump, which is 4 GiB and 100 bytes
BYTES=4294967396

# The area with the dump in it made of zeros
zeros() {
	data=$(($(_place_chunk 0 0) / 512)) behind=$(($(_place_chunk 0 "$CHUNKS") / 512))
	_dm "zeros$$" "0 $data linear $disk 0
$data $((behind - data)) zero
$behind $((MIB * 2048 - behind)) linear $disk $behind"
}

dump() {
	_session s0 start && dd if=/dev/zero of="$(_dev s0)" bs=1M count=4096 oflag=direct 2>/dev/null &&
		dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 seek=65536 oflag=direct 2>/dev/null &&
		_session s0 "finish $BYTES" && _attr_is s0 state complete
}

counts() {
	_is dump_bytes "$(cat "$(_sysfs s0)/dump_bytes")" "$BYTES" &&
		_is "bytes that passed the filter" "$(_stat s0 10-trace write bytes)" $(((CHUNKS + 1) * 65536)) &&
		_area_has "$dm" 0 "\"state\":\"COMPLETE\"" &&
		_area_has "$dm" 0 "\"dump_size\":$BYTES,\"chunks\":$((CHUNKS + 1)),"
}

too_long() {
	_session s0 start && dd if=/dev/zero of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null &&
		_set_fails ENODATA "finish 4295032832" "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 'is to have 4295032832 bytes, but 65536 were written'
}

_test_begin 3
_load
_modprobe dm_mod
_modprobe dm_zero
disk=$(_null_blk "size=$MIB")
_place_area $((MIB * 1048576)) 1 64
_area_format "$disk" --slots 1 --overwrite
dm=$(zeros)
_area_stack s0 "$dm"
_filter_add s0 10-trace
_live s0 1
ktap_test_result "a dump of 4 GiB and 100 bytes is complete" dump
ktap_test_result "its length is right everywhere (C60)" counts
ktap_test_result "a length that is another one when cut to 32 bits is refused" too_long
_test_end
