#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_age_10.sh: what age has sealed is read back through it, with the key of that one dump; a tag that
# is wrong, or another key, gives nothing out (C40 to C43).
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
_have keyctl

# with <option>...: the stack is live with that
with() {
	_live s0 0 && _set "$(printf '%s\n' "recipient=$alice" "$@")" "$DUMPFLT_CONFIG/s0/10-age/options" && _live s0 1
}

# key <slot> <name>: of the dump in that slot
key() {
	"$HELPERS/agechunk" "$TEST_TMP/alice.key" "$disk" "$1" key >"$TEST_TMP/key" &&
		_is bytes "$(stat -c %s "$TEST_TMP/key")" 16 && keyctl padd logon "$2" @u <"$TEST_TMP/key" >/dev/null
}

# A dump of 300 KiB is chunks 0 to 4

sealed() {
	_area_dump s0 "$first" && _area_dump s0 "$second" && key 0 test:first && key 1 test:second &&
		_set_fails EOPNOTSUPP 'read 0' "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 "^filter 'age': changes data but cannot read it back"
}

# reads <slot> <reference>
reads() {
	_session s0 "read $1" && _area_chunks s0 0 5 | head -c 307200 | cmp - "$2" && _session s0 finish && _attr_is s0 state live
}

opened() {
	with file_key=test:first && reads 0 "$first" && with file_key=test:second && reads 1 "$second"
}

# Its MAC needs what only this dump's key gives
other_key() {
	_set_fails EBADMSG 'read 0' "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 'the MAC of its receipt is wrong'
}

# It is for one dump: nothing is sealed with it
no_dump() {
	_set_fails EPERM start "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 "with a file_key a dump is read, and none is sealed"
}

no_such_key() {
	_live s0 0 && _set "$(printf '%s\n' "recipient=$alice" file_key=test:none)" "$DUMPFLT_CONFIG/s0/10-age/options" &&
		_set_fails ENOKEY 1 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 "no key 'test:none'" &&
		_set "$(printf '%s\n' "recipient=$alice" file_key=test:first file_key=test:second)" "$DUMPFLT_CONFIG/s0/10-age/options" &&
		_set_fails EINVAL 1 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 'more than one file key'
}

# Somebody changes a chunk when the session has begun, so that its CRC stays: its tag is that of other data
tag() {
	with file_key=test:first && _session s0 'read 0' && "$HELPERS/areapatch" "$disk" chunk 0 2 &&
		_area_chunks s0 0 2 | cmp -n 131072 - "$first" && ! _area_chunks s0 2 1 >"$TEST_TMP/got" && _is bytes "$(stat -c %s "$TEST_TMP/got")" 0 &&
		_last_error_has s0 "^filter 'age': read of 65536 bytes at 131072 failed: -EBADMSG" && ! _session s0 finish 2>/dev/null
}

# What the policy has not is the key, and nothing else
policy() {
	_live s0 0 && _remove_stack s0 && _forget stack s0 &&
		_area_format "$disk" --slots 2 --record-size 64 --filter "age,recipient=$alice" >/dev/null && _area_stack s0 "$disk" &&
		_filter_add s0 10-age "recipient=$alice" && _set 1 "$DUMPFLT_CONFIG/s0/10-age/critical" && _live s0 1 && _area_dump s0 "$first" &&
		key 0 test:policy && with file_key=test:policy && reads 0 "$first" && no_dump && _live s0 0 || return 1
	for other in "file_key=test:policy
recipient=$bob" "recipient=$bob
file_key=test:policy" "file_key=test:policy
file_key=test:policy"; do
		_set "recipient=$alice
$other" "$DUMPFLT_CONFIG/s0/10-age/options" && _set_fails EPERM 1 "$DUMPFLT_CONFIG/s0/live" &&
			_last_error_has s0 "are not those in the policy" || return 1
	done
}

_test_begin 7
_load
disk=$(_null_blk size=16)
alice=$(_age_key alice)
bob=$(_age_key bob)
first=$(_area_reference 300)
second=$TEST_TMP/second
head -c 307200 /dev/urandom >"$second"
_area_format "$disk" --slots 4 --record-size 64 >/dev/null
_area_stack s0 "$disk"
_filter_add s0 10-age "recipient=$alice"
_live s0 1
ktap_test_result "without the key of a dump it is sealed, and not read" sealed
ktap_test_result "with it, it is read as it was written" opened
ktap_test_result "with that of another one it is not" other_key
ktap_test_result "with a key no dump is sealed" no_dump
ktap_test_result "no such key, or two: no stack" no_such_key
ktap_test_result "a chunk whose tag is wrong is not given out" tag
ktap_test_result "an area whose policy seals is read, with the key and nothing else beside the policy" policy
keyctl clear @u
_test_end
