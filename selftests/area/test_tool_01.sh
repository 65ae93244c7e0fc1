#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_tool_01.sh: the tool on real devices: what 'format' and 'release' keep their
# hands off, and a dump by hand in a dump area with a policy, its exact
# length included (F6, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
_have mkfs.ext4
_have_module ext4

mounted() {
	mkfs.ext4 -q -F "$disk" && _mount -t ext4 "$disk" && date >"$TEST_TMP/mnt/still-there" &&
		_fails 'busy' "$TOOL" format --force "$disk" && cat "$TEST_TMP/mnt/still-there" &&
		_fails "It is mounted on '$TEST_TMP/mnt': take that down first" "$TOOL" format --force "$disk"
	mounted_status=$?
	umount "$TEST_TMP/mnt" && _forget mount "$TEST_TMP/mnt" && return "$mounted_status"
}

# Through the file behind it the kernel lets anybody write
behind() {
	loop=$(_loop 16) && loop_file=$(echo "$TEST_TMP"/loop.*) && mkfs.ext4 -q -F "$loop" && _mount -t ext4 "$loop" || return 1
	_fails "it is behind $loop, which is mounted on '$TEST_TMP/mnt'" "$TOOL" format --force "$loop_file"
	behind_status=$?
	umount "$TEST_TMP/mnt" && _forget mount "$TEST_TMP/mnt" && "$TOOL" format --force "$loop_file" && return "$behind_status"
}

# Nobody is asked, as there is no terminal
file_system() {
	_fails 'file system.*ext4' "$TOOL" format "$disk" </dev/null && mount -t ext4 "$disk" "$TEST_TMP/mnt" &&
		cat "$TEST_TMP/mnt/still-there" && umount "$TEST_TMP/mnt" &&
		"$TOOL" format --force --filter digest "$disk" >"$TEST_TMP/formatted" &&
		_fails 'wrong fs type|can.t find|Invalid argument' mount -t ext4 "$disk" "$TEST_TMP/mnt"
}

zoned() {
	zoned_disk=$(_null_blk size=16 zoned=1 zone_size=4) &&
		_fails 'zoned' "$TOOL" format "$zoned_disk" && _fails 'zoned' "$TOOL" format --force "$zoned_disk"
}

read_only() {
	blockdev --setro "$disk" && _fails 'Read-only' "$TOOL" format --force "$disk" &&
		_fails 'Read-only' "$TOOL" release --all "$disk"
	read_only_status=$?
	blockdev --setrw "$disk"
	return "$read_only_status"
}

other_filters() {
	_fails "not those of the dump area's policy" "$TOOL" create s0 --target "$disk" --area --filter trace &&
		_fails 'Use it as one with --area' "$TOOL" create s0 --target "$disk" &&
		_fails 'holds no dump area' "$TOOL" create s0 --target "$blank" --area --filter trace &&
		_fails 'there is none' "$TOOL" create s0 --target "$blank" --area &&
		[ ! -e "$DUMPFLT_CONFIG/s0" ]
}

from_policy() {
	_record stack s0 && _is device "$("$TOOL" create s0 --target "$disk" --area)" dumpflt0 &&
		[ -d "$DUMPFLT_CONFIG/s0/10-digest" ]
}

claimed() {
	_fails 'busy' "$TOOL" format --force "$disk" && _fails 'busy' "$TOOL" release --all "$disk"
}

# The last block is filled up, and the filling is not part of the dump
exact() {
	"$TOOL" start s0 && dd if="$reference" of="$(_dev s0)" bs=64k conv=sync oflag=direct 2>/dev/null &&
		_is state "$("$TOOL" finish s0 --bytes "$(wc -c <"$reference")")" complete &&
		_area_is "$disk" 0 COMPLETE && _area_same "$disk" 0 "$reference"
}

shown() {
	session=$(cat "$(_sysfs s0)/session_id")
	"$TOOL" list | grep "^s0 .*, slot 0, session $session\$" && "$TOOL" status s0 | grep "session_id *$session\$" &&
		"$TOOL" status --json s0 | grep "\"slot\":0,\"session_id\":\"$session\""
}

too_long() {
	"$TOOL" start s0 && dd if="$reference" of="$(_dev s0)" bs=64k count=1 oflag=direct 2>/dev/null &&
		_fails 'finish: .* 65537' "$TOOL" finish s0 --bytes 65537 && _area_is "$disk" 1 FAILED
}

full() {
	_fails 'dumpflt release' "$TOOL" start s0 && "$TOOL" destroy s0 && _forget stack s0 &&
		_fails 'FAILED, not COMPLETE' "$TOOL" release --all "$disk" && _area_is "$disk" 0 COMPLETE &&
		"$TOOL" release --all --force "$disk" && _area_has "$disk" 0 COLLECTED && _area_has "$disk" 1 COLLECTED
}

_test_begin 12
_load
disk=$(_null_blk size=16)
blank=$(_null_blk size=16)
reference=$(_area_reference 1000)
echo 'and a few bytes' >>"$reference"
ktap_test_result "format: not what is mounted" mounted
ktap_test_result "format: not the file behind a device that is mounted" behind
ktap_test_result "format: not what is recognised, unless forced" file_system
ktap_test_result "format: not a zoned device" zoned
ktap_test_result "format and release: not what is read-only" read_only
ktap_test_result "create: only with the filters of the policy" other_filters
ktap_test_result "create: the filters are taken from the policy" from_policy
ktap_test_result "format and release: not what a live stack has" claimed
ktap_test_result "finish --bytes: the exact length (F6)" exact
ktap_test_result "list and status: slot and session" shown
ktap_test_result "finish --bytes: not more than was written" too_long
ktap_test_result "a full area is left alone, and emptied by release" full
_test_end
