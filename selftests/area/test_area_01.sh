#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_01.sh: dumps in a dump area: each has a slot, a receipt and digests,
# and is read back without the module (C17, C50, C62, F2, F3, F5, F6).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# dump <dd option>...: of the reference
dump() {
	_session s0 start && dd if="$reference" of="$dev" "$@" 2>/dev/null && _session s0 finish &&
		_attr_is s0 state complete
}

first_slot() {
	dump bs=64k oflag=direct && _is slot "$(cat "$(_sysfs s0)/slot")" 0 && _area_is "$disk" 0 COMPLETE &&
		_area_same "$disk" 0 "$reference" &&
		_is dump_bytes "$(cat "$(_sysfs s0)/dump_bytes")" 3145728
}

# The header and the receipt name the same session as sysfs does
named() {
	session=$(cat "$(_sysfs s0)/session_id")
	_is "length of session_id" "${#session}" 32 && _area_has "$disk" 0 "$session"
}

# One SHA-256 for each chunk, and the one over them all is in the receipt
digests() {
	chunks=$(($(wc -c <"$reference") / 65536))
	i=0
	while [ "$i" -lt "$chunks" ]; do
		dd if="$reference" bs=64k skip="$i" count=1 2>/dev/null | sha256sum | cut -c1-64
		i=$((i + 1))
	done >"$TEST_TMP/digests"
	# of the trailer only the filter knows what it was: ask the disk
	dd if="$disk" bs=64k skip="$((2 + chunks))" count=1 iflag=direct 2>/dev/null | sha256sum |
		cut -c1-64 >>"$TEST_TMP/digests"
	root=$(sed 's/../\\x&/g' "$TEST_TMP/digests" | tr -d '\n' | xargs -0 printf '%b' | sha256sum | cut -c1-64)
	_area_has "$disk" 0 "\"name\":\"digest\".*\"meta_digest\":\"$root\""
}

second_slot() {
	dump bs=1M oflag=direct && _area_is "$disk" 1 COMPLETE && _area_same "$disk" 1 "$reference" &&
		_area_is "$disk" 0 COMPLETE
}

# A third dump would destroy one of them
full() {
	_set_fails ENOSPC start "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_last_error_has s0 '^no free slot in the dump area: .*release' &&
		_area_is "$disk" 0 COMPLETE && _area_is "$disk" 1 COMPLETE
}

reused() {
	_live s0 0 && "$TOOL" release --slot 0 "$disk" && _area_has "$disk" 0 '"state":"COLLECTED"' && _live s0 1 &&
		dump bs=64k oflag=direct && _area_is "$disk" 0 COMPLETE && _area_has "$disk" 0 '"number":3' &&
		_area_is "$disk" 1 COMPLETE
}

not_read() {
	_set_fails EINVAL read "$DUMPFLT_CONFIG/s0/session" && _last_error_has s0 "a dump area is read by 'read SLOT'"
}

_test_begin 8
_load_watched
disk=$(_null_blk size=16 cache_size=4)
_area_format "$disk" --slots 2
_area_stack s0 "$disk"
_filter_add s0 10-trace
_filter_add s0 20-digest
_live s0 1
dev=$(_dev s0)
reference=$(_area_reference 3072)
ktap_test_result "a dump of whole chunks is complete on the disk (F5, F6)" first_slot
ktap_test_result "it is known by its session" named
ktap_test_result "digest: every chunk, and all of them in the receipt" digests
ktap_test_result "the next dump has a slot of its own (C62)" second_slot
ktap_test_result "a third one does not destroy them" full
ktap_test_result "a slot that was released is used again (C17)" reused
ktap_test_result "it is not read through the filters before it is said which slot" not_read
ktap_test_result "nothing was allocated in a dump (C44)" _is allocations "$(_allocations)" 0
_test_end
