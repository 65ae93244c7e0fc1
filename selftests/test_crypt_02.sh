#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_crypt_02.sh: keys that are missing or bad fail the stack with words (C10,
# C11), and a key is never shown anywhere.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=lib/test.sh
. "$(dirname "$0")/lib/test.sh"
# shellcheck source=lib/check.sh
. "$SELFTESTS/lib/check.sh"
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

works() {
	_set "key=$1" "$DUMPFLT_CONFIG/s0/10-crypt/options" && _live s0 1 &&
		_dump s0 --size 64K --block 64K && _attr_is s0 state complete && _live s0 0
}

short() {
	text "$1" | key test:size && refused EINVAL "has $1 bytes, AES-256-XTS needs 64" key=test:size
}

weak() {
	half=$(text 32)
	printf %s "$half$half" | key test:weak && refused EINVAL 'two halves are equal' key=test:weak
}

revoked() {
	text 64 | key test:revoked && keyctl revoke "$(cat "$TEST_TMP/id")" &&
		refused EKEYREVOKED "test:revoked' cannot be used: it (has been|is) revoked" key=test:revoked
}

expired() {
	text 64 | key test:expired && keyctl timeout "$(cat "$TEST_TMP/id")" 1 && sleep 2 &&
		refused ENOKEY "no key 'test:expired'" key=test:expired
}

# A key that goes away later does not matter: the cipher has it
revoked_later() {
	_set "key=test:good" "$DUMPFLT_CONFIG/s0/10-crypt/options" && _live s0 1 &&
		keyctl revoke "$good" && _dump s0 --size 64K --block 64K && _attr_is s0 state complete
}

# References to the key
usage() {
	awk '/test:good/ { print $3 }' /proc/keys
}

no_reference() {
	_set "key=test:good" "$DUMPFLT_CONFIG/s0/10-crypt/options" || return 1
	usage_before=$(usage)
	for _ in 1 2 3 4 5; do
		_live s0 1 && _live s0 0 || return 1
	done
	[ -n "$usage_before" ] && _is "number of references" "$(usage)" "$usage_before"
}

# What each part of the interface shows, while live
secret_shown() {
	for folder in "$DUMPFLT_CONFIG/s0" "/sys/block/$(_attr s0 device)/dumpflt" /sys/module/dumpflt*; do
		find "$folder" -type f -exec cat {} + 2>/dev/null
	done >"$TEST_TMP/shown"
	dmesg >>"$TEST_TMP/shown"
	cat /proc/keys /proc/crypto /sys/kernel/tracing/trace >>"$TEST_TMP/shown" 2>/dev/null
	hex=$(printf %s "$secret" | od -An -v -tx1 | tr -d ' \n')
	! tr -d ' :' <"$TEST_TMP/shown" | grep -iF -e "$(printf %s "$secret" | cut -c 1-12)" \
		-e "$(printf %s "$secret" | cut -c 40-56)" -e "$(echo "$hex" | cut -c 1-24)"
}

_test_begin 13
_load
_stack_create s0 "$(_null_blk size=1)"
_filter_add s0 10-crypt
secret=$(text 64)
printf %s "$secret" | key test:good
good=$(cat "$TEST_TMP/id")
ktap_test_result "no key option (C11)" refused EINVAL 'no key: set the option key=' ''
ktap_test_result "two key options" refused EINVAL 'given twice' "$(printf 'key=a:b\nkey=c:d')"
ktap_test_result "no such key (C11)" \
	refused ENOKEY "no key 'test:absent' of type logon or user.*keyctl padd logon test:absent" key=test:absent
ktap_test_result "a key of 32 bytes" short 32
ktap_test_result "a key of 65 bytes" short 65
ktap_test_result "a key with equal halves" weak
ktap_test_result "a revoked key" revoked
ktap_test_result "an expired key is none" expired
ktap_test_result "a key of type logon" works test:good
ktap_test_result "a key of type user" eval 'text 64 | key plainuser user && works plainuser'
ktap_test_result "going live and down again holds no reference to the key" no_reference
ktap_test_result "a key that is revoked while live is not needed any more" revoked_later
ktap_test_result "the key is shown nowhere" secret_shown
keyctl clear @u
_test_end
