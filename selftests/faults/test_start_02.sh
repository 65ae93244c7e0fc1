#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_start_02.sh: a dump whose header was written, and never flushed, does not cost its slot
# when the stack goes live anew; one of which a chunk may be there keeps it (C50).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/unflushed.sh
. "$SELFTESTS/lib/unflushed.sh"

flush_silent() {
	_start_unflushed s0 && _last_error_has s0 'flush of the target' && _area_has "$outer" 0 '"unbegun":{"number"' &&
		_soon 5 _live s0 0 && _live s0 1
}

empty() {
	flush_silent && _area_dump s0 "$reference" && _area_is "$outer" 0 COMPLETE
}

released() {
	_live s0 0 && "$TOOL" release --slot 0 "$outer" && _live s0 1 && empty
}

# A power cut in the middle of a dump: the disk as it is then
cut() {
	_live s0 0 && "$TOOL" release --slot 0 "$outer" && _live s0 1 && _session s0 start &&
		dd if="$reference" of="$(_dev s0)" bs=64k count=1 oflag=direct conv=fsync 2>/dev/null &&
		dd if="$outer" of="$copy" bs=1M iflag=direct oflag=direct 2>/dev/null && _session s0 abort || return 1
	_area_stack s1 "$copy" && _live s1 1 && _set_fails ENOSPC start "$DUMPFLT_CONFIG/s1/session"
}

_test_begin 3
_load
copy=$(_null_blk size=16)
_unflushed_disk
reference=$(_area_reference 256)
_area_stack s0 "$outer"
_set 1000 "$DUMPFLT_CONFIG/s0/timeout_ms"
_live s0 1
ktap_test_result "the slot was empty" empty
ktap_test_result "the slot's dump was released" released
ktap_test_result "chunks are there: the slot is not given away" _alone s1 cut
_test_end
