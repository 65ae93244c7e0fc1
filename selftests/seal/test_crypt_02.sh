#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_crypt_02.sh: keys that are missing or bad fail the stack with words (C10,
# C11).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
_have keyctl

# key <description> [<type>]: a key of stdin's bytes in the user keyring
key() {
	keyctl padd "${2:-logon}" "$1" @u >"$TEST_TMP/id"
}

text() {
	head -c 2000 /dev/urandom | tr -dc A-Za-z0-9 | head -c "$1"
}

# refused <errno name> <words> <options>
refused() {
	_set "$3" "$DUMPFLT_CONFIG/s0/10-crypt/options" &&
		_set_fails "$1" 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 "^filter 'crypt': init failed: .*$2" && _attr_is s0 state configured &&
		_attr_is s0 10-crypt/state failed
}

short() {
	text "$1" | key test:size && refused EINVAL "has $1 bytes, and 64 are needed" key=test:size
}

weak() {
	half=$(text 32)
	printf %s "$half$half" | key test:weak && refused EINVAL 'two halves are equal' key=test:weak
}

revoked() {
	text 64 | key test:revoked && keyctl revoke "$(cat "$TEST_TMP/id")" &&
		refused EKEYREVOKED "test:revoked' cannot be used: it (has been|is) revoked" key=test:revoked
}

useless() {
	! keyctl describe "$1"
}

expired() {
	text 64 | key test:expired && keyctl timeout "$(cat "$TEST_TMP/id")" 1 &&
		_soon 5 useless "$(cat "$TEST_TMP/id")" &&
		refused ENOKEY "no key 'test:expired'" key=test:expired
}

_test_begin 8
_load
_stack_create s0 "$(_null_blk size=1)"
_filter_add s0 10-crypt
ktap_test_result "no key option (C11)" refused EINVAL 'no key: set the option key=' ''
ktap_test_result "two key options" refused EINVAL 'given twice' "$(printf 'key=a:b\nkey=c:d')"
ktap_test_result "no such key (C11)" \
	refused ENOKEY "no key 'test:absent' of type logon or user.*keyctl padd logon test:absent" key=test:absent
ktap_test_result "a key of 32 bytes" short 32
ktap_test_result "a key of 65 bytes" short 65
ktap_test_result "a key with equal halves" weak
ktap_test_result "a revoked key" revoked
ktap_test_result "an expired key is none" expired
keyctl clear @u
_test_end
