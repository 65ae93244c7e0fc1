#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_end_01.sh: the target takes not quite all of what begins and ends a dump. What has
# started is finished, no receipt that could be written says COMPLETE, and it counts
# what is there (C33, F2, F5, F6, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/place.sh
. "$SELFTESTS/lib/place.sh"

SECTORS=16384

# bad [<offset> <bytes>]: from now on the target refuses what is there, or nothing
bad() {
	_dm_refuses "end$$" "$disk" "$@"
}

write() {
	dd if="$reference" of="$(_dev s0)" oflag=direct "$@" 2>/dev/null
}

# The next dump in the slot, with all of it in order again
good() {
	bad && _session s0 start && write bs=64k count=2 && _session s0 finish && _area_is "$dm" 0 COMPLETE
}

# Every filter has started by then
metadata_lost() {
	bad "$(_place_slot 0)" 4096 && _set_fails EIO start "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 'writing filter metadata at .* failed: -EIO' && _area_is "$dm" 0 FAILED &&
		_is 'calls of start' "$(_stat s0 10-trace start calls)" 1 &&
		_is 'calls of finish' "$(_stat s0 10-trace finish calls)" 1 && good
}

# Of the last dump in the slot, which is COMPLETE: a session would leave two in it
old_receipt() {
	bad "$(_place_receipt 0 "$1")" 4096 && _set_fails EIO start "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 'writing the receipt at .* failed: -EIO' &&
		_fails 'FAILED|torn' "$TOOL" verify --slot 0 "$dm" && good
}

# lost <copy>: one receipt is refused, when the other may say COMPLETE already
lost() {
	_session s0 start && write bs=64k count=2 && bad "$(_place_receipt 0 "$1")" 4096 &&
		_set_fails EIO finish "$DUMPFLT_CONFIG/s0/session" && _attr_is s0 state failed &&
		_last_error_has s0 'writing the receipt at .* failed: -EIO' && _area_is "$dm" 0 FAILED && good
}

# The chunk that is put together of small pieces has not passed the filters
counts() {
	_session s0 start && write bs=64k count=1 && write bs=4k skip=16 seek=16 count=3 && _session s0 abort &&
		_area_is "$dm" 0 FAILED && _area_has "$dm" 0 '"dump_size":65536,"chunks":1,' && good
}

_test_begin 6
_load
disk=$(_null_blk size=8 cache_size=1)
reference=$(_area_reference 256)
dm=$(_dm "end$$" "0 $SECTORS linear $disk 0")
_area_format "$dm" --slots 1 --overwrite >/dev/null
_place_area $((SECTORS * 512)) 1 64
_area_stack s0 "$dm"
_filter_add s0 10-trace
_live s0 1
ktap_test_result "the filters' metadata is refused: each that has started is finished (C33, F2)" metadata_lost
ktap_test_result "the last dump's first receipt stays: no session (F5)" old_receipt 0
ktap_test_result "the last dump's second receipt stays: no session (F5)" old_receipt 1
ktap_test_result "the first receipt is refused: the second says FAILED (F6)" lost 0
ktap_test_result "the second receipt is refused: the first says FAILED (F6)" lost 1
ktap_test_result "a chunk that is begun when the dump is aborted does not count" counts
_test_end
