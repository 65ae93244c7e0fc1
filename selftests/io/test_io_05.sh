#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_io_05.sh: a file system on the stack device: its writes, flushes and reads
# pass the filters, and it is whole when mounted on a read-back (C21, C41).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have mkfs.ext4
_have_module ext4

make() {
	_session s0 start && mkfs.ext4 -q -F -b 1024 -E lazy_itable_init=0 "$(_dev s0)" &&
		_mount -t ext4 "$(_dev s0)"
}

fill() {
	for number in 1 2 3 4 5 6 7 8; do
		head -c 100000 /dev/urandom >"$TEST_TMP/mnt/file$number" || return 1
	done
	(cd "$TEST_TMP/mnt" && sha256sum file*) >"$TEST_TMP/sums"
	sync && rm "$TEST_TMP/mnt/file8" && sed -i 8d "$TEST_TMP/sums"
}

unmount() {
	umount "$TEST_TMP/mnt" && _forget mount "$TEST_TMP/mnt"
}

complete() {
	unmount && _session s0 finish && _attr_is s0 state complete && _attr_is s0 last_error ''
}

# A journal that was closed needs no write
read_back() {
	_session s0 read && _mount -t ext4 -o ro,noload "$(_dev s0)" &&
		(cd "$TEST_TMP/mnt" && sha256sum -c "$TEST_TMP/sums") && unmount && _session s0 finish
}

# Without its filters it is no file system
only_so() {
	_live s0 0 && rmdir "$DUMPFLT_CONFIG/s0/20-add" && _live s0 1 && _session s0 read &&
		! mount -t ext4 -o ro,noload "$(_dev s0)" "$TEST_TMP/mnt" 2>/dev/null
}

_test_begin 5
_load
_stack_create s0 "$(_null_blk size=16 cache_size=4)" check_source=1
_filter_add s0 10-template
_filter_add s0 20-add
_live s0 1
ktap_test_result "a file system is made and mounted in a dump session" make
ktap_test_result "files are written, synced and removed" fill
ktap_test_result "unmounted, the dump is complete" complete
ktap_test_result "all files are there in a read-back session (C21, C41)" read_back
ktap_test_result "with another list of filters it is no file system" only_so
_test_end
