#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hostile_05.sh: headers that the owner of the disk has changed, each of them valid:
# a pair in which one is made up is refused, or believed in nothing that a reader would
# refuse later; an area of the same id in front of another one is not used, nor is one
# behind which nobody can look (F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# refused <words of the kernel> <words of the tool>
refused() {
	_set_fails EINVAL 1 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 "$1" && _fails "$2" "$TOOL" show "$disk"
}

contradiction() {
	"$HELPERS/areapatch" "$disk" older 1000 1 && refused 'counts fewer dumps' 'counts fewer dumps'
}

# Slot 0 would be taken back to a dump that is newer than the one in it
made_up() {
	"$HELPERS/areapatch" "$disk" older 1000 1000 && _live s0 1 &&
		_set_fails ENOSPC start "$DUMPFLT_CONFIG/s0/session" && _live s0 0 && _area_has "$disk" 0 '"state":"STARTED"'
}

small_in_front() {
	dd if=/dev/zero of="$TEST_TMP/small" bs=1M count=8 2>/dev/null &&
		"$TOOL" format --force --slots 1 "$TEST_TMP/small" >/dev/null &&
		dd if="$TEST_TMP/small" of="$disk" bs=1M oflag=direct 2>/dev/null
}

same_id() {
	small_in_front && "$HELPERS/areapatch" "$disk" uuid "$last" &&
		refused 'another dump area ends where the target ends' 'another dump area ends where'
}

# The area behind is there, and its last header cannot be read
unread_end() {
	small_in_front && _dm_refuses "outer$$" "$below" "$last" 65536 &&
		refused 'whose last 64 KiB cannot be read' 'last 64 KiB of the device cannot be read'
}

# As the message says: zeros there, and the one in front is used
zeros() {
	_dm_refuses "outer$$" "$below" && dd if=/dev/zero of="$disk" bs=64k seek=$((last / 65536)) count=1 oflag=direct 2>/dev/null &&
		_live s0 1 && _area_dump s0 "$reference" && _live s0 0 && _area_is "$disk" 0 COMPLETE
}

_test_begin 5
_load
below=$(_null_blk size=20)
last=$((20 * 1048576 - 65536))
disk=$(_dm "outer$$" "0 $(_sectors "$below") linear $below 0")
reference=$(_area_reference 256)
_area_format "$disk" --slots 1 >/dev/null
_area_stack s0 "$disk"
ktap_test_result "the older header counts more dumps" contradiction
ktap_test_result "the older header has a dump that is newer" made_up
ktap_test_result "a small area of the same id in front" same_id
ktap_test_result "nobody can look behind the small area" unread_end
ktap_test_result "zeros over the end: it is used" zeros
_test_end
