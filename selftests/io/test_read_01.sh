#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_read_01.sh: when reads and writes are taken and when refused, and that
# what is read comes from the disk through the filters, not from a cache (C21,
# C31, C33, C40, C41, D5).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/raw.sh
. "$SELFTESTS/lib/raw.sh"

pattern() {
	action=$1
	shift
	"$HELPERS/pattern" "$action" "$dev" --size 256K "$@"
}

refused() {
	_fails 'Input/output error' pattern "$@"
}

outside() {
	refused write --fsync && refused verify && refused verify --buffered &&
		_raw_filled "$disk" 0 1024
}

dump_buffered() {
	_session s0 start && pattern write --buffered --fsync --seed 5 && pattern verify --buffered --seed 5 &&
		pattern verify --seed 5 && _session s0 finish && _attr_is s0 state complete
}

read_session() {
	_session s0 read && _attr_is s0 state reading && _raw_save "$disk" "$TEST_TMP/before" &&
		refused write && _raw_same "$disk" "$TEST_TMP/before"
}

# Somebody keeps the device open, so that its page cache stays
from_disk() {
	before=$(_stat s0 10-template read bytes)
	pattern verify --buffered --seed 5 || return 1
	after=$(_stat s0 10-template read bytes)
	[ $((after - before)) -ge 262144 ] || {
		echo "only $((after - before)) bytes went through the filter"
		return 1
	}
}

# What is on the disk has changed: the reader has to see it
sees_change() {
	_session s0 finish && dd if=/dev/zero of="$disk" bs=4k count=1 oflag=direct 2>/dev/null &&
		_session s0 read || return 1
	_is "first byte" "$(head -c 1 "$dev" | od -An -tx1 | tr -d ' ')" 21
}

# The page cache has what was refused, but the disk has not
refused_is_forgotten() {
	refused write --buffered --fsync && _session s0 read && pattern verify --buffered --seed 5 &&
		refused write --buffered --fsync && _session s0 finish &&
		_session s0 read && pattern verify --buffered --seed 5 && _session s0 finish
}

threads() {
	_dump s0 --size 4M --block 256K --threads 4 && _session s0 read &&
		"$HELPERS/pattern" verify "$dev" --size 4M --block 132K --threads 3 &&
		"$HELPERS/pattern" verify "$dev" --size 256K --block 4K --threads 8 &&
		"$HELPERS/pattern" verify "$dev" --size 4M --block 1M --buffered && _session s0 finish &&
		_attr_is s0 state live
}

_test_begin 9
_load
disk=$(_null_blk size=4)
_raw_fill "$disk" 1024
_stack_create s0 "$disk"
_filter_add s0 10-template key=0x21
_live s0 1
dev=$(_dev s0)
exec 4<"$dev"
ktap_test_result "outside of a session neither reads nor writes are taken (C31)" outside
ktap_test_result "in a dump both are" dump_buffered
ktap_test_result "after finish neither is, cached or not (C33)" \
	eval 'refused write --fsync && refused verify && refused verify --buffered --seed 5'
ktap_test_result "in a read-back session no write is taken, the target stays as it is" read_session
ktap_test_result "a read goes to the disk and through the filters (C40, C41)" from_disk
_session s0 finish
ktap_test_result "a write that was refused is seen by no read-back" refused_is_forgotten
_session s0 read
ktap_test_result "nothing is kept from one read-back session to the next" sees_change
_session s0 finish
ktap_test_result "after it no read is taken" refused verify --buffered --seed 5
exec 4<&-
ktap_test_result "several readers and sizes (C21, C40)" threads
_test_end
