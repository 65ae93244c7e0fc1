#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_origin_01.sh: an image of this machine proves that it is one: its receipt has a MAC
# that needs the machine's key. Without that key there is no hibernation stack (C10, C11, D18).
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

# key <bytes> [<type>]: of the machine, also in $TEST_TMP/machine
key() {
	head -c "$1" /dev/urandom >"$TEST_TMP/machine" && chmod 600 "$TEST_TMP/machine" &&
		keyctl padd "${2:-logon}" test:machine @u <"$TEST_TMP/machine" >"$TEST_TMP/id"
}

no_key() {
	keyctl unlink "$(cat "$TEST_TMP/id")" @u >/dev/null
}

# refused <stack> <errno> <words>: live is
refused() {
	_set_fails "$2" 1 "$DUMPFLT_CONFIG/$1/live" && _last_error_has "$1" "^filter 'age': init failed: $3" &&
		_attr_is "$1" state configured && _attr_is "$1" 10-age/state failed
}

# plain <type> <errno> <words> <option>...: without an area, which is looked for last
plain() {
	plain_type=$1 plain_errno=$2 plain_words=$3
	shift 3
	_set "$plain_type" "$DUMPFLT_CONFIG/s1/type" &&
		_set "$(printf '%s\n' "recipient=$alice" "$@")" "$DUMPFLT_CONFIG/s1/10-age/options" &&
		refused s1 "$plain_errno" "$plain_words"
}

needed() {
	plain hibernation EINVAL 'no origin: anybody could make an image that is resumed' &&
		plain crash EINVAL 'origin is for hibernation images' origin=test:machine &&
		plain hibernation EINVAL 'more than one origin' origin=test:machine origin=test:other &&
		plain crash EOPNOTSUPP 'it needs a dump area'
}

missing() {
	refused s0 ENOKEY "no key 'test:machine' of type logon or user" && sha256sum <"$disk" | cmp - "$TEST_TMP/before"
}

wrong_size() {
	key 31 && refused s0 EINVAL "key 'test:machine' has 31 bytes, and 32 are needed" && no_key &&
		key 33 && refused s0 EINVAL "key 'test:machine' has 33 bytes, and 32 are needed" && no_key
}

# judged <words> <option>...: verify does not call it good
judged() {
	judged_words=$1
	shift
	_fails "$judged_words" "$TOOL" verify "$@" "$disk"
}

FORGED='its MAC is wrong: it was not written by the session that sealed the dump'

# image <type of key>
image() {
	key 32 "$1" && _live s0 1 && _area_dump s0 "$reference" && _attr_is s0 state complete && _live s0 0 && no_key &&
		"$TOOL" verify --identity "$TEST_TMP/alice.key" --origin "$TEST_TMP/machine" "$disk" &&
		"$TOOL" extract --raw --identity "$TEST_TMP/alice.key" --origin "$TEST_TMP/machine" --device "$disk" - |
		cmp - "$reference"
}

others() {
	head -c 32 /dev/urandom >"$TEST_TMP/other" && chmod 600 "$TEST_TMP/other" &&
		judged "$FORGED" --identity "$TEST_TMP/alice.key" --origin "$TEST_TMP/other" &&
		judged "it cannot be judged: the machine's origin key is needed" --identity "$TEST_TMP/alice.key" &&
		judged "it cannot be judged: the machine's origin key is needed"
}

# Another machine, which has the area, its policy and the public key, and a key of its own
forged() {
	mv "$TEST_TMP/machine" "$TEST_TMP/ours" && image logon && mv "$TEST_TMP/ours" "$TEST_TMP/machine" &&
		judged "$FORGED" --identity "$TEST_TMP/alice.key" --origin "$TEST_TMP/machine"
}

# Each session has a key of its own for all that: what was made of the same two differs
afresh() {
	key 32 && _live s0 1 && _area_dump s0 "$reference" && sha256sum <"$disk" >"$TEST_TMP/before" &&
		_area_dump s0 "$reference" && ! sha256sum <"$disk" | cmp -s - "$TEST_TMP/before" && _live s0 0 &&
		"$TOOL" verify --identity "$TEST_TMP/alice.key" --origin "$TEST_TMP/machine" "$disk"
}

_test_begin 8
_load
disk=$(_null_blk size=8)
alice=$(_age_key alice)
reference=$(_area_reference 300)
_area_format "$disk" --hibernation --filter age,origin=test:machine --recipient "$alice" >/dev/null
sha256sum <"$disk" >"$TEST_TMP/before"
_area_stack s0 "$disk" type=hibernation
_filter_add s0 10-age origin=test:machine "recipient=$alice"
_set 1 "$DUMPFLT_CONFIG/s0/10-age/critical"
_stack_create s1 "$(_null_blk size=1)"
_filter_add s1 10-age "recipient=$alice"
ktap_test_result "an image has an origin, a crash dump has none" needed
ktap_test_result "no such key: no stack, and nothing is written" missing
ktap_test_result "a key that has not 32 bytes" wrong_size
ktap_test_result "an image proves its origin, with a logon key" image logon
ktap_test_result "without the key, or with another one, it proves none" others
ktap_test_result "an image of another machine is refused" forged
ktap_test_result "a user key will do" image user
ktap_test_result "two sessions with one key" afresh
keyctl clear @u
_test_end
