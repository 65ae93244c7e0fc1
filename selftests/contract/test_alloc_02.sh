#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_alloc_02.sh: whoever looks at a filter's callbacks finds an allocation in any
# of them, and whose it was; without one there is none (C44).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

# dump [<option=value>]...: and read it back
dump() {
	_stack_create s0 "$disk" && _filter_add s0 10-trace && _filter_add s0 20-fault "$@" && _live s0 1 &&
		_dump s0 --size 512K --block 64K && _session s0 read &&
		"$HELPERS/pattern" verify "$(_dev s0)" --size 512K && _session s0 finish
}

none() {
	dump && _is allocations "$(_allocations)" 0
}

# found <callback>
found() {
	_watch_anew && dump mode=alloc "at=$1" && _is allocations "$(_allocations)" 1 &&
		_is "whose it was" "$(cat "$WATCH/last")" "fault $1"
}

_test_begin 5
_load_watched
disk=$(_null_blk size=1)
ktap_test_result "a dump in which nobody allocates" _alone s0 none
ktap_test_result "one in a start" _alone s0 found start
ktap_test_result "in a write" _alone s0 found write
ktap_test_result "in a read" _alone s0 found read
ktap_test_result "in a finish" _alone s0 found finish
_test_end
