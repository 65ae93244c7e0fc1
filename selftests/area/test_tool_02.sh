#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_tool_02.sh: the tool on a block device: several commands that change an area at
# once, and what would go over the file that the device is made of.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

dump() {
	"$TOOL" create s0 --target "$disk" --area && _record stack s0 && "$TOOL" start s0 &&
		dd if="$reference" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null &&
		_is state "$("$TOOL" finish s0)" complete && "$TOOL" destroy s0 && _forget stack s0
}

filled() {
	"$TOOL" format --force --slots 4 --filter digest "$disk" && dump && dump && dump && dump &&
		_area_is "$disk" 0 COMPLETE && _area_is "$disk" 3 COMPLETE
}

# A device is claimed as well as locked: who comes second waits, and is not refused
together() {
	together_pids=
	for slot in 0 1 2 3; do
		"$TOOL" release --slot "$slot" "$disk" &
		together_pids="$together_pids $!"
	done
	for pid in $together_pids; do
		wait "$pid" || return 1
	done
	for slot in 0 1 2 3; do
		_area_has "$disk" "$slot" COLLECTED || return 1
	done
	"$TOOL" show "$disk" 2>&1 | grep WARNING && return 1
	return 0
}

behind() {
	_fails 'it is what the dump is read from' "$TOOL" extract --raw --force --slot 0 --device "$disk" "$file" &&
		_area_has "$disk" 1 COLLECTED && ln "$file" "$TEST_TMP/name" &&
		_fails 'it is what the dump is read from' "$TOOL" extract --raw --force --slot 0 --device "$disk" "$TEST_TMP/name" &&
		_area_same "$disk" 0 "$reference"
}

in_use() {
	"$TOOL" create s0 --target "$disk" --area && _record stack s0 &&
		_fails "it is behind $disk, which is the target of the stack 's0'" "$TOOL" format --force "$file" &&
		_fails "It is the target of the stack 's0': take that down first" "$TOOL" format --force "$disk" &&
		"$TOOL" destroy s0 && _forget stack s0 && mkswap "$disk" >/dev/null && swapon "$disk" || return 1
	_fails "it is behind $disk, which is used by somebody" "$TOOL" format --force "$file"
	in_use_ret=$?
	swapoff "$disk"
	return $in_use_ret
}

_test_begin 4
_load
disk=$(_loop 16)
file=$(echo "$TEST_TMP"/loop.*)
reference=$(_area_reference 1024)
ktap_test_result "four dumps on a loop device" filled
ktap_test_result "four release at once: none is lost, none is refused" together
ktap_test_result "extract: not over the file behind the device" behind
ktap_test_result "format: not over the file behind a device that is in use" in_use
_test_end
