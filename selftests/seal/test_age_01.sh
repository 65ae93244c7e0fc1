#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_age_01.sh: a sealed dump is an age file for each of its recipients, and
# for nobody else (C24, C30, C37, D10).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"

# dump <slot> <finish> <dd option>...
dump() {
	slot=$1 finish=$2
	shift 2
	_session s0 start && dd if="$reference" of="$dev" "$@" 2>/dev/null &&
		_session s0 "$finish" && _attr_is s0 state complete && _area_is "$disk" "$slot" COMPLETE
}

sealed() {
	dump 0 finish bs=64k oflag=direct && _age_file "$disk" 0 17 >"$TEST_TMP/one.age" &&
		_age_opens "$TEST_TMP/one.age" alice "$reference"
}

not_for_others() {
	_age_key eve >/dev/null && ! age -d -i "$TEST_TMP/eve.key" -o "$TEST_TMP/none" "$TEST_TMP/one.age" &&
		[ ! -s "$TEST_TMP/none" ]
}

# The same chunks at once, on two processors, in pages that are not neighbours
in_parallel() {
	dump 1 finish bs=1M oflag=direct && _age_file "$disk" 1 17 >"$TEST_TMP/two.age" &&
		_age_opens "$TEST_TMP/two.age" bob "$reference"
}

# Two dumps of the same bytes have nothing in common but the lengths
new_key() {
	_is size "$(wc -c <"$TEST_TMP/one.age")" "$(wc -c <"$TEST_TMP/two.age")" || return 1
	header=$(($(wc -c <"$TEST_TMP/one.age") - 17 * 65552))
	for chunk in 0 8 16; do
		at=$((header + chunk * 65552))
		_age_part "$TEST_TMP/one.age" "$at" 65552 >"$TEST_TMP/a"
		_age_part "$TEST_TMP/two.age" "$at" 65552 >"$TEST_TMP/b"
		! cmp -s "$TEST_TMP/a" "$TEST_TMP/b" || return 1
	done
	# ciphertext may have such lines, too
	head -c "$header" "$TEST_TMP/one.age" | grep -a '^->' >"$TEST_TMP/a"
	head -c "$header" "$TEST_TMP/two.age" >"$TEST_TMP/b"
	_is stanzas "$(wc -l <"$TEST_TMP/a")" 2 && ! grep -aqFf "$TEST_TMP/a" "$TEST_TMP/b"
}

# What is behind the end, in its last block, has to be zeros
odd_length() {
	head -c 1000001 "$reference" >"$TEST_TMP/head" &&
		_live s0 0 && "$TOOL" release --slot 0 "$disk" && _live s0 1 &&
		dump 0 "finish 1000001" if="$TEST_TMP/head" bs=4k conv=sync oflag=direct &&
		_age_file "$disk" 0 17 >"$TEST_TMP/odd.age" &&
		_age_opens "$TEST_TMP/odd.age" alice "$TEST_TMP/head"
}

# 64 KiB and the text, which is in every page of the dump
nothing_clear() {
	grep -aqF "$canary" "$TEST_TMP/plain" && ! grep -aqF "$canary" "$age_image"
}

# The MAC in the receipt, and all the rest of it
authentic() {
	"$TOOL" verify --slot "$1" --identity "$TEST_TMP/bob.key" "$disk" | grep 'complete, authentic and intact' &&
		_fails 'none of the keys' "$TOOL" verify --slot "$1" --identity "$TEST_TMP/eve.key" "$disk"
}

# One that failed has a MAC, too: what is wrong is the dump, not the receipt
failed() {
	_live s0 0 && "$TOOL" release --slot 1 "$disk" && _live s0 1 && _session s0 start &&
		dd if="$reference" of="$dev" bs=64k count=4 oflag=direct 2>/dev/null && _session s0 abort
	_attr_is s0 state failed &&
		_fails 'FAILED: .*aborted' "$TOOL" verify --slot 1 --identity "$TEST_TMP/bob.key" "$disk" &&
		"$TOOL" extract --salvage --raw --slot 1 --identity "$TEST_TMP/alice.key" --device "$disk" \
			"$TEST_TMP/salvaged" && head -c 262144 "$reference" | cmp - "$TEST_TMP/salvaged"
}

no_age() {
	_is flags "$(cat "$(_sysfs s0)/10-age/flags")" 'critical bounce concurrent room' &&
		_is allocations "$(_allocations)" 0
}

# digest is behind age, and so over what is on the disk
not_read() {
	_set_fails EOPNOTSUPP 'read 0' "$DUMPFLT_CONFIG/s0/session" &&
		_fails 'age' "$TOOL" extract --device "$disk" --slot 0 --raw "$TEST_TMP/extracted"
}

_test_begin 10
_load_watched
canary="canary-$$-of-a-dump"
reference=$TEST_TMP/reference
while :; do echo "$canary"; done | head -c 1048576 >"$reference"
disk=$(_null_blk size=16 cache_size=4)
_area_format "$disk" --slots 2
_area_stack s0 "$disk"
_filter_add s0 10-age "recipient=$(_age_key alice)" "recipient=$(_age_key bob)"
_filter_add s0 20-digest
_live s0 1
dev=$(_dev s0)
ktap_test_result "the dump is an age file, and age opens it" sealed
ktap_test_result "not with another key" not_for_others
ktap_test_result "the second recipient opens one that was sealed in parallel" in_parallel
ktap_test_result "another session has other keys" new_key
ktap_test_result "a length that is no block" odd_length
ktap_test_result "the receipt is authentic" authentic 0
ktap_test_result "nothing of it is on the disk in the clear" nothing_clear
ktap_test_result "flags; nothing was allocated in a dump (C44)" no_age
ktap_test_result "it is not read without the key" not_read
ktap_test_result "a failed dump is authentic as such, and salvaged with the key" failed
_test_end
