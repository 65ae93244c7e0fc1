#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_flush_03.sh: a target that fails a flush or a write: the dump is failed,
# never complete, and the first error is kept (C50, C62, F4, F6, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/fault.sh
. "$SELFTESTS/lib/fault.sh"
_have_module dm_flakey

# good | bad: from now on writes and flushes succeed or fail
make() {
	case $1 in
	good) table="0 2048 linear $disk 0" ;;
	bad) table="0 2048 flakey $disk 0 0 1 1 error_writes" ;;
	esac
	dmsetup suspend "flush$$" && dmsetup reload "flush$$" --table "$table" && dmsetup resume "flush$$"
}

stack() {
	_stack_create f "$dm" && _filter_add f 10-trace && _filter_add f 20-fault "$@" && _live f 1
}

end() {
	end_status=$?
	make good
	_remove_stack f && _forget stack f && return "$end_status"
}

# fails <errno name> <words>: finish does, and nothing says complete
fails() {
	_set_fails "$1" finish "$DUMPFLT_CONFIG/f/session" && _attr_is f state failed &&
		_last_error_has f "$2" && _calls_are 10-trace finish 1 0 &&
		_is state "$(cat "$(_sysfs f)/state")" failed && ! _dmesg_since | grep -i 'f: .*complete'
}

last_flush() {
	stack && _session f start && _fault_write --size 256K && make bad &&
		fails EIO "^flush of the target's cache failed: -EIO"
}

again() {
	make good && _dump f --size 256K --block 64K && _attr_is f state complete && _attr_is f last_error ''
}

writers_fsync() {
	stack && _session f start && _fault_write --size 64K && make bad &&
		_fails 'fsync failed|Input/output error' "$HELPERS/blkop" dsync "$(_dev f)" 65536 4096 && make good &&
		fails EIO '^(write|flush) of .*: the target answered with an error'
}

write_fails() {
	stack && _session f start && _fault_write --size 128K && make bad &&
		_fails 'Input/output error' _fault_write --offset 128K --size 64K && make good &&
		_fails 'Input/output error' _fault_write --offset 256K --size 64K &&
		fails EIO '^write of 65536 bytes at 131072: the target answered with an error: -EIO'
}

# A filter's finish fails after that: the target's error came first
first_is_kept() {
	stack mode=error at=finish errno=28 && _session f start && _fault_write --size 64K && make bad &&
		_fails 'Input/output error' _fault_write --offset 64K --size 64K &&
		fails EIO '^write of 65536 bytes at 65536: the target'
}

# Both fail at the end: the filter's finish comes before the flush
finish_then_flush() {
	stack mode=error at=finish errno=28 && _session f start && _fault_write --size 64K && make bad &&
		fails ENOSPC "^filter 'fault': finish failed: -ENOSPC"
}

_test_begin 6
_load
_modprobe dm_mod
_modprobe dm_flakey
disk=$(_null_blk size=1 cache_size=1)
dm=$(_dm "flush$$" "0 2048 linear $disk 0")
ktap_test_result "a flush that fails makes the dump failed (C50, F4, F6)" last_flush
ktap_test_result "the next dump is complete (C62)" eval 'again; end'
ktap_test_result "a writer's own flush that fails makes it failed, too (F7)" eval 'writers_fsync; end'
ktap_test_result "a write that fails, and where (F7)" eval 'write_fails; end'
ktap_test_result "the first error is kept: write before finish (F7)" eval 'first_is_kept; end'
ktap_test_result "the first error is kept: finish before flush (F7)" eval 'finish_then_flush; end'
_test_end
