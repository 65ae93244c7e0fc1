#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_crypt_03.sh: which keys are taken, that no reference to one is kept, and
# that a key is never shown anywhere.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have keyctl

# key <description> [<type>]: a key of stdin's bytes in the user keyring
key() {
	keyctl padd "${2:-logon}" "$1" @u >"$TEST_TMP/id"
}

text() {
	head -c 2000 /dev/urandom | tr -dc A-Za-z0-9 | head -c "$1"
}

works() {
	_set "key=$1" "$DUMPFLT_CONFIG/s0/10-crypt/options" && _live s0 1 &&
		_dump s0 --size 64K --block 64K && _attr_is s0 state complete && _live s0 0
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

# The key, or a part of it, is in the file: as it is, or in hexadecimal
key_is_in() {
	hex=$(printf %s "$secret" | od -An -v -tx1 | tr -d ' \n')
	tr -d ' :' <"$1" | grep -iF -e "$(printf %s "$secret" | cut -c 1-12)" \
		-e "$(printf %s "$secret" | cut -c 40-56)" -e "$(echo "$hex" | cut -c 1-24)"
}

# What each part of the interface shows, while live
shown_nowhere() {
	for folder in "$DUMPFLT_CONFIG/s0" "/sys/block/$(_attr s0 device)/dumpflt" /sys/module/dumpflt*; do
		find "$folder" -type f -exec cat {} + 2>/dev/null
	done >"$TEST_TMP/shown"
	dmesg >>"$TEST_TMP/shown"
	cat /proc/keys /proc/crypto /sys/kernel/tracing/trace >>"$TEST_TMP/shown" 2>/dev/null
	grep -q 'key=test:good' "$TEST_TMP/shown" && ! key_is_in "$TEST_TMP/shown" || return 1
	# It would have been found
	printf %s "$secret" | od -An -v -tx1 | cut -c 1-48 >"$TEST_TMP/control"
	key_is_in "$TEST_TMP/control" && echo "x$secret" >"$TEST_TMP/control" && key_is_in "$TEST_TMP/control"
}

_test_begin 5
_load
_stack_create s0 "$(_null_blk size=1)"
_filter_add s0 10-crypt
secret=$(text 64)
printf %s "$secret" | key test:good
good=$(cat "$TEST_TMP/id")
ktap_test_result "a key of type logon" works test:good
ktap_test_result "a key of type user" eval 'text 64 | key plainuser user && works plainuser'
ktap_test_result "going live and down again holds no reference to the key" no_reference
ktap_test_result "a key that is revoked while live is not needed any more" revoked_later
ktap_test_result "the key is shown nowhere" shown_nowhere
keyctl clear @u
_test_end
