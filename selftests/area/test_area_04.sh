#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_04.sh: a dump in an area that fails, is aborted or interrupted: the
# receipt says so and why, nothing says COMPLETE (C27, C49, C52, C56, F6, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
_have_module dm_flakey

# stack [fault option]...: trace, fault and digest over the area, live
stack() {
	_area_format "$dm" --slots 1 --overwrite >/dev/null && _area_stack s0 "$dm" && _filter_add s0 10-trace &&
		_filter_add s0 20-fault "$@" && _filter_add s0 30-digest && _live s0 1
}

gone() {
	gone_status=$?
	make good
	_remove_stack s0 && _forget stack s0 && return "$gone_status"
}

# good | bad: from now on writes and flushes succeed or fail
make() {
	case $1 in
	good) table="0 16384 linear $disk 0" ;;
	bad) table="0 16384 flakey $disk 0 0 1 1 error_writes" ;;
	esac
	dmsetup suspend "area$$" && dmsetup reload "area$$" --table "$table" && dmsetup resume "area$$"
}

write() {
	"$HELPERS/pattern" write "$(_dev s0)" --block 64K "$@"
}

# failed <errno> <words>: finish fails with it, and so says the receipt
failed() {
	_set_fails "$1" finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed && _last_error_has s0 "$2" &&
		_area_is "$dm" 0 FAILED && "$TOOL" show "$dm" | grep -Eq "error +$2"
}

filter_write() {
	stack mode=error at=write call=3 errno=28 && _session s0 start && _fails 'No space' write --size 512K &&
		failed ENOSPC "filter 'fault': write of 65536 bytes at 131072 failed: -ENOSPC"
}

filter_start() {
	stack mode=error at=start errno=19 && _set_fails ENODEV start "$DUMPFLT_CONFIG/s0/session" &&
		_area_is "$dm" 0 FAILED && "$TOOL" show "$dm" | grep -q "error *filter 'fault': start failed: -ENODEV" &&
		_area_has "$dm" 0 '"chunks":0,'
}

filter_finish() {
	stack mode=error at=finish errno=5 && _session s0 start && write --size 256K &&
		failed EIO "filter 'fault': finish failed: -EIO" && _area_has "$dm" 0 '"name":"fault".*"finish_errno":5'
}

# The trailer is a write like any other, and the last one: data, then it
filter_trailer() {
	stack mode=error at=write call=5 errno=28 && _session s0 start && write --size 256K &&
		failed ENOSPC "filter 'fault': write of 65536 bytes at 262144 failed: -ENOSPC" &&
		_area_has "$dm" 0 '"dump_size":262144,"chunks":4,'
}

aborted() {
	stack && _session s0 start && write --size 128K && _session s0 abort && _attr_is s0 state failed &&
		_area_is "$dm" 0 FAILED && _area_has "$dm" 0 'abortedbyitswriter' && _area_has "$dm" 0 '"chunks":2,'
}

interrupted() {
	stack && _session s0 start && write --size 128K && _live s0 0 && _area_is "$dm" 0 INTERRUPTED
}

# What was written is what there is: exactly that can be had back
salvaged() {
	"$TOOL" extract --device "$dm" --slot 0 --salvage --raw "$TEST_TMP/saved" 2>&1 &&
		_is bytes "$(wc -c <"$TEST_TMP/saved")" 131072 &&
		"$HELPERS/pattern" verify "$TEST_TMP/saved" --size 128K --buffered && rm "$TEST_TMP/saved"
}

target_write() {
	stack && _session s0 start && write --size 128K && make bad && _fails 'Input/output' write --offset 128K --size 64K &&
		make good && failed EIO 'write of 65536 bytes at 131072: the target answered with an error: -EIO'
}

# The receipt cannot be written either: torn, and the state says failed
target_gone() {
	stack && _session s0 start && write --size 128K && make bad &&
		_set_fails EIO finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed && make good &&
		_last_error_has s0 'write of 65536 bytes at 131072' && _area_is "$dm" 0 STARTED
}

start_gone() {
	stack && make bad && _set_fails EIO start "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_last_error_has s0 'writing the header of the dump area' && make good && _area_has "$dm" 0 EMPTY &&
		_session s0 start && write --size 64K && _session s0 finish && _area_is "$dm" 0 COMPLETE
}

_test_begin 11
_load
_modprobe dm_mod
_modprobe dm_flakey
disk=$(_null_blk size=8 cache_size=1)
dm=$(_dm "area$$" "0 16384 linear $disk 0")
ktap_test_result "a filter fails a write" eval 'filter_write; gone'
ktap_test_result "a filter fails its start: no chunk, a receipt (C56)" eval 'filter_start; gone'
ktap_test_result "a filter fails its finish (C52)" eval 'filter_finish; gone'
ktap_test_result "a filter fails the trailer (F2)" eval 'filter_trailer; gone'
ktap_test_result "the writer aborts" eval 'aborted; gone'
ktap_test_result "unloaded before the end" eval 'interrupted; gone'
ktap_test_result "what an interrupted dump has can be salvaged" salvaged
ktap_test_result "the target fails a write (F7)" eval 'target_write; gone'
ktap_test_result "the target fails from the end on: torn (F6)" eval 'target_gone; gone'
ktap_test_result "the target fails the header: no session, the slot is free" eval 'start_gone; gone'
ktap_test_result "nothing said complete of any of them" eval '! _dmesg_since | grep -i "s0: .*complete"'
_test_end
