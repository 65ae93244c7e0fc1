#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_age_04.sh: a chunk is sealed by its own number, behind 4 GiB, too: no nonce serves
# twice (D2, D10, D12).
#
# Copyright (C) 2026 the dumpflt authors
#
# Each is opened by itself, by code that is not the module's. Of the disk only what is
# written takes memory.

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"

# Around 2^16 chunks, which are 2^32 bytes
BEHIND_4G='65530 65531 65532 65533 65534 65535 65536 65537 65538 65539 65540 65541'
# 2^24 chunks, 2^32 sectors, 2^32 bytes of records; and those that they would be when cut
FURTHER='0 1 255 256 5 16777215 16777216 16777217 33554431 33554432 67108863 67108864 67108865'

# seal <slot> <chunk>...: chunk i of the file becomes the i-th of these
seal() {
	slot=$1 nr=0
	shift
	_session s0 start || return 1
	for chunk in "$@"; do
		dd if="$reference" of="$(_dev s0)" bs=64k skip="$nr" seek="$chunk" count=1 oflag=direct \
			conv=notrunc 2>/dev/null || return 1
		nr=$((nr + 1))
	done
	# it has gaps
	_set_fails ENODATA finish "$DUMPFLT_CONFIG/s0/session" && _area_has "$disk" "$slot" '"state":"FAILED"'
}

# opens <slot> <chunk>...: so sealed, each opens by its number
opens() {
	slot=$1 nr=0
	shift
	for chunk in "$@"; do
		dd if="$reference" of="$TEST_TMP/should" bs=64k skip="$nr" count=1 2>/dev/null
		"$HELPERS/agechunk" "$TEST_TMP/alice.key" "$disk" "$slot" "$chunk" >"$TEST_TMP/is" || return 1
		cmp "$TEST_TMP/is" "$TEST_TMP/should" || return 1
		nr=$((nr + 1))
	done
}

# Or the results above would say nothing
refuses_another() {
	_fails 'does not open by its number' "$HELPERS/agechunk" "$TEST_TMP/alice.key" "$disk" 0 65529 &&
		_age_key eve >/dev/null &&
		_fails 'opens no stanza' "$HELPERS/agechunk" "$TEST_TMP/eve.key" "$disk" 0 65530
}

_test_begin 5
_load
disk=$(_null_blk size=10485760)
_area_format "$disk" --slots 2
reference=$(_area_reference $((13 * 64)))
_area_stack s0 "$disk"
_filter_add s0 10-age "recipient=$(_age_key alice)"
_live s0 1
# shellcheck disable=SC2086 # numbers, one argument each
{
	ktap_test_result "chunks around 4 GiB are sealed" seal 0 $BEHIND_4G
	ktap_test_result "each opens by its own number" opens 0 $BEHIND_4G
	ktap_test_result "chunks further on are sealed, in the highest slot" seal 1 $FURTHER
	ktap_test_result "each opens by its own number" opens 1 $FURTHER
}
ktap_test_result "no chunk opens that was not sealed, and with no other key" refuses_another
_test_end
