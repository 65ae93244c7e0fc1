#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_03.sh: which targets can be used as a dump area, and with which
# filters (C46, C58).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# Requests to write that the disk has had: they and what they took are counted by the kernel
written() {
	read -r _ _ _ _ writes _ sectors _ <"/sys/block/${disk##*/}/stat"
}

# refused <errno> <words>: live is, and nothing was written
refused() {
	written
	before="$writes $sectors"
	_set_fails "$1" 1 "$DUMPFLT_CONFIG/s0/live" && _attr_is s0 state configured && _last_error_has s0 "$2" &&
		written && _is "writes and sectors" "$writes $sectors" "$before"
}

# spoil <offset in KiB>: a KiB of a header
spoil() {
	dd if=/dev/urandom of="$disk" bs=1k seek="$1" count=1 conv=notrunc,fsync 2>/dev/null
}

dumps() {
	written
	before=$writes
	_live s0 1 && _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 256K && _session s0 finish &&
		_attr_is s0 state complete && _live s0 0 && _area_is "$disk" "$1" COMPLETE && written && [ "$writes" -gt "$before" ]
}

no_area() {
	refused EINVAL "^target $disk holds no dump area that can be used \(there is no header of a dump area\)"
}

plain() {
	_set 0 "$DUMPFLT_CONFIG/s0/area" || return 1
	refused EEXIST 'holds a dump area: write 1 to .area. to use it'
	plain_status=$?
	_set 1 "$DUMPFLT_CONFIG/s0/area"
	return "$plain_status"
}

while_live() {
	_live s0 1 && _set_fails EBUSY 0 "$DUMPFLT_CONFIG/s0/area" && _live s0 0 &&
		_set_fails EINVAL 2 "$DUMPFLT_CONFIG/s0/area"
}

# Header B is the last 64 KiB, the first write of the first dump went there
header_a() {
	spoil 1 && dumps 1 && dumps 2 && dd if=/dev/zero of="$disk" bs=64k count=1 conv=notrunc,fsync 2>/dev/null && dumps 3
}

# Whatever else it is
not_a_header() {
	dd if="$disk" of="$TEST_TMP/header" bs=64k count=1 2>/dev/null && spoil 0 &&
		refused EEXIST 'in the place of header A of the area it holds something else' || return 1
	mkfs.ext4 -q -F "$disk" 8m && refused EEXIST 'in the place of header A of the area it holds something else' &&
		dd if="$TEST_TMP/header" of="$disk" conv=notrunc,fsync 2>/dev/null && _live s0 1 && _live s0 0
}

header_b() {
	spoil 16320 && dumps 4
}

# The dump began with a write to header B; when it has ended, A knows it as well
newest_header() {
	_area_format "$disk" && dumps 0 && spoil 16320 && dumps 1
}

both() {
	spoil 0 && spoil 16320 && refused EINVAL 'no dump area that can be used'
}

# Half of a disk, on which half of an area is
half() {
	_area_format "$disk" && dd if="$disk" of="$half" bs=1M count=8 conv=fsync 2>/dev/null &&
		_set "$half" "$DUMPFLT_CONFIG/s0/target" &&
		refused EINVAL 'the area is larger than the device that holds it' &&
		_set "$disk" "$DUMPFLT_CONFIG/s0/target"
}

policy() {
	_area_format "$disk" --filter trace --filter digest && refused EPERM "filters are not those of .* policy" &&
		_filter_add s0 10-trace && refused EPERM "policy: filters of the policy are missing" &&
		_filter_add s0 30-digest && refused EPERM "policy: digest: its number is not" &&
		rmdir "$DUMPFLT_CONFIG/s0/30-digest" && _filter_add s0 20-digest && dumps 0
}

more_than_policy() {
	_filter_add s0 30-template key=1 && refused EPERM "policy: template: the policy has no more filters" && rmdir "$DUMPFLT_CONFIG/s0/30-template"
}

options() {
	_set critical=1 "$DUMPFLT_CONFIG/s0/20-digest/options" && refused EPERM "policy: digest: its options" &&
		printf '' >"$TEST_TMP/none" && rmdir "$DUMPFLT_CONFIG/s0/20-digest" && _filter_add s0 20-digest &&
		_set 1 "$DUMPFLT_CONFIG/s0/20-digest/critical" && refused EPERM "policy: digest: 'critical' is not" &&
		_set 0 "$DUMPFLT_CONFIG/s0/20-digest/critical" && dumps 1
}

records() {
	_area_format "$disk" --record-size 32 && refused E2BIG 'need 40 bytes per chunk, the dump area has 32: .*--record-size' &&
		_area_format "$disk" --record-size 2048 && dumps 0
}

no_place() {
	_live s0 0 && _set 0 "$DUMPFLT_CONFIG/s0/area" && "$TOOL" format --help >/dev/null &&
		dd if=/dev/zero of="$disk" bs=1M count=16 conv=fsync 2>/dev/null && _live s0 1 &&
		_attr_is s0 20-digest/state left-out && _last_error_has s0 "digest.*no place for digests without a dump area"
}

_have mkfs.ext4
_test_begin 14
_load
disk=$(_null_blk size=16)
half=$(_null_blk size=8)
_area_stack s0 "$disk"
ktap_test_result "a target without an area" no_area
_area_format "$disk" --slots 5
ktap_test_result "plain mode does not write over an area" plain
ktap_test_result "the mode is fixed while live" while_live
_live s0 1 && _session s0 start && "$HELPERS/pattern" write "$(_dev s0)" --size 256K && _session s0 finish
_live s0 0
ktap_test_result "header A is lost" header_a
ktap_test_result "something else is where header A was" not_a_header
ktap_test_result "header B is lost" header_b
ktap_test_result "the header that was written when the dump began is lost" newest_header
ktap_test_result "both are lost" both
ktap_test_result "an area that is larger than its target" half
ktap_test_result "the policy's filters, and only these" policy
ktap_test_result "a filter more than the policy has" more_than_policy
ktap_test_result "a filter with other options, or critical" options
ktap_test_result "records that are too small for the filters" records
ktap_test_result "digest says that it needs an area" no_place
_test_end
