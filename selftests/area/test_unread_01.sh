#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_unread_01.sh: a header that cannot be read is named, by the kernel and the tool, while
# the other one will do; and both by name if none will (F7).
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

SIZE=8388608

# bad [<offset>]: from now on the 64 KiB there are out of reach, or none are
bad() {
	if [ $# -gt 0 ]; then
		_dm_refuses "unread$$" "$disk" "$1" 65536
	else
		_dm_refuses "unread$$" "$disk"
	fi
}

# A dump that begins when the sector is good again has nothing to say about it any more
written_anew() {
	bad && _area_dump s0 "$reference" && _attr_is s0 state complete && _attr_is s0 last_error '' && _live s0 0 &&
		_area_is "$dm" "$1" COMPLETE && _live s0 1 && _attr_is s0 last_error '' && _live s0 0
}

# one <A or B> <offset> <slot of the next dump>
one() {
	bad "$2" && _live s0 1 && _attr_is s0 state live &&
		_last_error_has s0 "^target $dm: header $1 of the dump area cannot be read, the other one counts: .*EIO" &&
		_has "$("$TOOL" status s0)" "header $1 of the dump area cannot be read" &&
		_has "$("$TOOL" show "$dm" 2>&1)" "header $1 of '$dm' cannot be used: it cannot be read" && written_anew "$3"
}

# It is the header of the next dump that the target does not take
not_written() {
	bad 0 && _live s0 1 && _set_fails EIO start "$DUMPFLT_CONFIG/s0/session" &&
		_last_error_has s0 'writing the header of the dump area at 0 failed: -EIO' && _live s0 0 && bad
}

# neither <offset that cannot be read> <words about A> <words about B>: the other one is damaged
neither() {
	bad "$1" && _set_fails EINVAL 1 "$DUMPFLT_CONFIG/s0/live" &&
		_last_error_has s0 "holds no dump area that can be used \(header A: $2; header B: $3\)" && bad
}

# _has <text> <regex>
_has() {
	echo "$1" | grep -Eq "$2" && return 0
	echo "'$1' has no '$2'"
	return 1
}

_test_begin 5
_load
_place_area "$SIZE" 4 64
disk=$(_null_blk size=8 cache_size=1)
dm=$(_dm "unread$$" "0 $((SIZE / 512)) linear $disk 0")
reference=$(_area_reference 128)
_area_format "$dm" --slots 4 >/dev/null
_area_stack s0 "$dm"
ktap_test_result "header A cannot be read: it is named, and the dump writes it" one A 0 0
ktap_test_result "header B cannot be read: it is named, and the dump writes it" one B "$(_place_header_b)" 1
ktap_test_result "header A cannot be written either: no dump begins" not_written
dd if=/dev/zero of="$dm" bs=64k count=1 seek="$(($(_place_header_b) / 65536))" oflag=direct 2>/dev/null
ktap_test_result "header A cannot be read, and B is none" neither 0 'it cannot be read' 'there is no header of a dump area'
_area_format "$dm" --slots 4 >/dev/null
dd if=/dev/zero of="$dm" bs=64k count=1 oflag=direct 2>/dev/null
ktap_test_result "header B cannot be read, and A is none" neither "$(_place_header_b)" 'there is no header of a dump area' 'it cannot be read'
_test_end
