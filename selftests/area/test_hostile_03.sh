#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hostile_03.sh: a dump area whose headers are damaged is no place for a plain
# dump: what is in its slots may be whole.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

last=$((20 * 1048576 - 65536))

# spoil <offset>: a byte of the policy, which the checksum covers
spoil() {
	printf X | dd of="$disk" bs=1 seek=$(($1 + 600)) conv=notrunc,fsync 2>/dev/null
}

blank() {
	dd if=/dev/zero of="$disk" bs=64k seek=$(($1 / 65536)) count=1 conv=notrunc,fsync 2>/dev/null
}

# refused <words of the kernel>
refused() {
	_fails 'it holds a dump area, which a dump would go over' "$TOOL" create s1 --target "$disk" --filter trace &&
		_set_fails EEXIST 1 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 "$1"
}

both() {
	spoil 0 && spoil "$last" && refused 'holds a dump area that is damaged .its checksum is wrong.'
}

end_alone() {
	blank 0 && refused 'holds a dump area that is damaged'
}

beginning_alone() {
	_area_format "$disk" --slots 1 >/dev/null && spoil 0 && blank "$last" &&
		refused 'holds a dump area that is damaged .its checksum is wrong.'
}

counters() {
	_area_format "$disk" --slots 1 >/dev/null && "$HELPERS/areapatch" "$disk" sequence $(((1 << 62) + 1)) &&
		refused 'holds a dump area that is damaged .its counters are out of range.'
}

# As the messages say
removed() {
	blank 0 && blank "$last" && _live s0 1 && _live s0 0
}

_test_begin 5
_load
disk=$(_null_blk size=20)
_area_format "$disk" --slots 1 >/dev/null
_stack_create s0 "$disk"
_filter_add s0 10-trace
ktap_test_result "both headers have a wrong checksum" both
ktap_test_result "a damaged header at the end alone" end_alone
ktap_test_result "at the beginning alone" beginning_alone
ktap_test_result "counters that nobody can have" counters
ktap_test_result "zeros over both ends: a plain stack" removed
_test_end
