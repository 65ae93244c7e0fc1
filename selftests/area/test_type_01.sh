#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_type_01.sh: a dump area for hibernation takes an image, and never a crash dump; a
# hibernation stack takes no other area. Each image takes the place of the one before (D18).
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

# refused <words>: live is, and nothing was written
refused() {
	sha256sum <"$disk" >"$TEST_TMP/before" && _set_fails EPERM 1 "$DUMPFLT_CONFIG/s0/live" &&
		_attr_is s0 state configured && _last_error_has s0 "$1" && sha256sum <"$disk" | cmp - "$TEST_TMP/before"
}

# keys <command> [option]...: with all that it takes to judge an image
keys() {
	keys_command=$1
	shift
	"$TOOL" "$keys_command" --identity "$TEST_TMP/alice.key" --origin "$TEST_TMP/machine" "$@"
}

type_is() {
	_set "$1" "$DUMPFLT_CONFIG/s0/type"
}

same() {
	keys verify "$disk" && keys extract --raw --device "$disk" - | cmp - "$1"
}

crash_on_crash() {
	_live s0 1 && _dump s0 --size 256K && _attr_is s0 state complete && _live s0 0 && _area_is "$disk" 0 COMPLETE
}

hibernation_on_crash() {
	type_is hibernation && refused "^target $disk holds a dump area for crash dumps: a hibernation stack needs one made with" &&
		_area_is "$disk" 0 COMPLETE
}

image() {
	_live s0 1 && _area_dump s0 "$1" && _attr_is s0 state complete && _live s0 0 && same "$1"
}

images() {
	_area_format "$disk" --hibernation --filter age,origin=test:machine --recipient "$(_age_key alice)" &&
		_filter_add s0 10-age origin=test:machine "recipient=$(_age_key alice)" &&
		_set 1 "$DUMPFLT_CONFIG/s0/10-age/critical" && image "$first" && image "$second"
}

crash_on_hibernation() {
	type_is crash && refused "^target $disk holds a dump area for hibernation: a crash dump needs one of its own" && same "$second"
}

# With one header lost the other one says the same
other_header() {
	dd if=/dev/urandom of="$disk" bs=1k seek="$1" count=1 conv=notrunc,fsync 2>/dev/null && type_is crash &&
		refused "holds a dump area for hibernation" && type_is hibernation && image "$first"
}

both_headers() {
	other_header 20 && other_header 16340
}

_test_begin 5
_load
disk=$(_null_blk size=16)
first=$(_area_reference 300)
second=$(_area_reference 500)
_area_format "$disk" >/dev/null
_area_stack s0 "$disk"
head -c 32 /dev/urandom >"$TEST_TMP/machine" && chmod 600 "$TEST_TMP/machine" &&
	keyctl padd logon test:machine @u <"$TEST_TMP/machine" >/dev/null
ktap_test_result "a crash dump in an area for crash dumps" crash_on_crash
ktap_test_result "a hibernation stack does not take that" hibernation_on_crash
ktap_test_result "images in an area for hibernation, each in the place of the one before" images
ktap_test_result "a crash stack does not take that" crash_on_hibernation
ktap_test_result "with either header lost it is the same" both_headers
keyctl clear @u
_test_end
