#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_age_02.sh: recipients that cannot be, and what the age filter needs (C5, C6, C10).
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

# refused <errno> <regex> <option>...: live fails, with these words, and the disk is as it was
refused() {
	errno=$1 words=$2
	shift 2
	_set "$(printf '%s\n' "$@")" "$DUMPFLT_CONFIG/s0/10-age/options" || return 1
	before=$(sha256sum <"$disk")
	_set_fails "$errno" 1 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 "$words" &&
		_is "the disk" "$(sha256sum <"$disk")" "$before"
}

# other <text>: as second of two; what it is is not repeated
other() {
	refused EINVAL "^filter 'age': init failed: recipient 2 is no X25519 public key of age: it does not begin" \
		"recipient=$alice" "recipient=$1"
}

# bad <words> <text>: as second of two
bad() {
	refused EINVAL "^filter 'age': init failed: recipient 2 \('$2'\) is no X25519 public key of age: $1" \
		"recipient=$alice" "recipient=$2"
}

typing_errors() {
	last=${alice#"${alice%?}"}
	other=q
	[ "$last" != q ] || other=p
	bad 'the checksum is wrong' "${alice%?}$other" && bad 'it is too short' "${alice%?}" &&
		bad 'it is too long' "${alice}q" && bad 'upper and lower' "A${alice#a}" &&
		other "${alice#a}" && other '' && other ssh-rsa &&
		bad 'it has a character' "${alice%?}b"
}

# The point 0: whatever the secret, the shared secret is 0
low_order() {
	bad 'it is a point of low order' age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z
}

secret_key() {
	secret=$(grep ^AGE-SECRET-KEY- "$TEST_TMP/alice.key")
	refused EINVAL 'recipient 1 is a SECRET key' "recipient=$secret" &&
		! _last_error s0 | grep -q "${secret#AGE-SECRET-KEY-1}" &&
		refused EINVAL 'recipient 1 is a SECRET key' "recipient= $secret" &&
		refused EINVAL 'recipient 1 is no X25519' "recipient=${secret#AGE-SECRET-KEY}" &&
		! dmesg | grep -q "${secret#AGE-SECRET-KEY-1}"
}

none() {
	refused EINVAL 'init failed: no recipient: set the option recipient=' ''
}

options() {
	refused EINVAL "init failed: does not know the option recipients, or only once" \
		"recipient=$alice" 'recipients=2'
}

# recipients <n>
recipients() {
	n=0
	while [ "$n" -lt "$1" ]; do
		echo "recipient=$(_age_key "r$n")"
		n=$((n + 1))
	done
}

too_many() {
	refused EINVAL 'more than 16 recipients' "$(recipients 17)"
}

# The header is as long as it gets
sixteen() {
	_set "$(recipients 16)" "$DUMPFLT_CONFIG/s0/10-age/options" && _live s0 1 &&
		_session s0 start && dd if="$reference" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null &&
		_session s0 finish && _area_is "$disk" 0 COMPLETE &&
		_age_file "$disk" 0 5 >"$TEST_TMP/many.age" && _age_opens "$TEST_TMP/many.age" r0 "$reference" &&
		_age_opens "$TEST_TMP/many.age" r15 "$reference" && _live s0 0
}

# Two filters that seal: nobody could check that receipt
twice() {
	_set "recipient=$alice" "$DUMPFLT_CONFIG/s0/10-age/options" &&
		_filter_add s0 30-mac at=start && _live s0 1 &&
		_set_fails EBUSY start "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 "filter 'mac': start: another filter seals this dump already" &&
		_area_is "$disk" 1 FAILED && _live s0 0
}

# A filter without secrets of its own would seal nothing
key_too_late() {
	_set at=write "$DUMPFLT_CONFIG/s0/30-mac/options" && "$TOOL" release --slot 1 --force "$disk" &&
		_live s0 1 && _session s0 start &&
		! dd if="$reference" of="$(_dev s0)" bs=64k oflag=direct 2>/dev/null &&
		_set_fails EINVAL finish "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 "filter 'mac': write of 65536 bytes at 0 failed: -EINVAL" &&
		_live s0 0 && rmdir "$DUMPFLT_CONFIG/s0/30-mac"
}

plain_mode() {
	other=$(_null_blk size=4)
	_stack_create s1 "$other" && _filter_add s1 10-age "recipient=$alice" &&
		_set_fails EOPNOTSUPP 1 "$DUMPFLT_CONFIG/s1/live" &&
		_last_error_has s1 "init failed: it needs a dump area"
}

# A kernel that computes something else has no such filter
selftest_fails() {
	rmdir "$DUMPFLT_CONFIG/s0/10-age" "$DUMPFLT_CONFIG/s0" "$DUMPFLT_CONFIG/s1/10-age" "$DUMPFLT_CONFIG/s1" &&
		rmmod dumpflt-age && ! modprobe dumpflt-age corrupt_selftest=1 2>/dev/null &&
		dmesg | grep -q 'dumpflt_age: self-test failed' && ! grep -q ^dumpflt_age /proc/modules &&
		modprobe dumpflt-age && rmmod dumpflt-age
}

_test_begin 12
_load
reference=$(_area_reference 256)
alice=$(_age_key alice)
disk=$(_null_blk size=8)
_area_format "$disk" --slots 2
_area_stack s0 "$disk"
_filter_add s0 10-age
ktap_test_result "typing errors in a recipient" typing_errors
ktap_test_result "a public key that hides nothing" low_order
ktap_test_result "a secret key is refused, and not repeated" secret_key
ktap_test_result "no recipient" none
ktap_test_result "an option that it does not know" options
ktap_test_result "more than 16 recipients" too_many
ktap_test_result "16 recipients: the first and the last open it" sixteen
ktap_test_result "two filters that seal" twice
ktap_test_result "a key for the MAC after the start" key_too_late
ktap_test_result "without a dump area" plain_mode
ktap_test_result "a kernel that fails the self-test has no such filter" selftest_fails
ktap_test_result "and one that does not fail it has" _stack_create s2 "$disk" area=1
_test_end
