#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_09.sh: the receipt says which phase of a dump took how long (F5).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# ms <phase>: of the dump in the only slot
ms() {
	"$TOOL" show --json "$disk" | tr -d '\n\t ' | sed -n "s/.*\"ms\":{[^}]*\"$1\":\([0-9]*\).*/\1/p"
}

# took <phase> <ms at least>: no phase gives its time to the next one
took() {
	took=$(ms "$1")
	[ "${took:-0}" -ge "$2" ] && return 0
	echo "$1 took '$took' ms, which should be at least $2"
	return 1
}

# dump <seconds>: of one chunk, with a pause
dump() {
	_session s0 start && dd if="$reference" of="$dev" bs=64k count=1 oflag=direct 2>/dev/null &&
		sleep "$1" && _session s0 finish && _area_is "$disk" 0 COMPLETE
}

# 20 ms for each thing that the disk does: header, flush, metadata, two receipts, flush; the
# writer; trailer; filter; records and header; flush
each_phase() {
	dump 0.4 && took start 110 && took write 400 && took close 18 && took finish 200 &&
		took records 36 && took flush 18
}

# The next session counts from nothing
anew() {
	before=$(ms write)
	dump 0 && after=$(ms write) && [ "$after" -lt "$before" ] && return 0
	echo "write took '$after' ms, after '$before' with a pause"
	return 1
}

_test_begin 2
_load
disk=$(_null_blk size=16 cache_size=1 irqmode=2 completion_nsec=20000000)
_area_format "$disk" --slots 1 --overwrite
_area_stack s0 "$disk"
_filter_add s0 10-fault mode=delay at=finish ms=200
_live s0 1
dev=$(_dev s0)
reference=$(_area_reference 64)
ktap_test_result "every phase has its time" each_phase
ktap_test_result "and not that of the last session" anew
_test_end
