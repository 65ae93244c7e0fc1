# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# area.sh: stacks over a dump area, and what is in it afterwards.
#
# Copyright (C) 2026 the dumpflt authors
#
# What is on the disk is judged by the tool, which reads it without the module.

# _area_format <device> [option]...
_area_format() {
	area_disk=$1
	shift
	"$TOOL" format --force "$@" "$area_disk"
}

# _area_stack <stack> <device> [attribute=value]...: in area mode, not live
_area_stack() {
	area_stack=$1 area_disk=$2
	shift 2
	_stack_create "$area_stack" "$area_disk" area=1 timeout_ms=5000 "$@"
}

# _area_has <device> <slot> <regex>: what 'show' says of the slot
_area_has() {
	area_shown=$("$TOOL" show --json "$1" | awk -v slot="{\"slot\":$2," '
		{
			gsub(/[ \t]/, "")
			shown = shown $0
		}
		END {
			if (at = index(shown, slot)) {
				shown = substr(shown, at)
				if (next_at = index(substr(shown, 2), "{\"slot\":"))
					shown = substr(shown, 1, next_at)
				print shown
			}
		}')
	grep -Eq "$3" <<-SHOWN && return 0
		$area_shown
	SHOWN
	echo "slot $2 is '$area_shown', '$3' was expected in it"
	return 1
}

# _area_is <device> <slot> <state>: that it is COMPLETE, only verify can say
_area_is() {
	_area_has "$1" "$2" "\"state\":\"$3\"" || return 1
	if [ "$3" = COMPLETE ]; then
		"$TOOL" verify --slot "$2" "$1"
	else
		_fails "$3|torn" "$TOOL" verify --slot "$2" "$1"
	fi
}

# _area_same <device> <slot> <file>: the dump in the slot is the file
_area_same() {
	"$TOOL" extract --device "$1" --slot "$2" --raw --force "$TEST_TMP/extracted" 2>&1 &&
		cmp "$TEST_TMP/extracted" "$3"
}

# _area_dump <stack> <file>: a session whose dump the file is
_area_dump() {
	_session "$1" start && dd if="$2" of="$(_dev "$1")" bs=64k oflag=direct 2>/dev/null && _session "$1" finish
}

# _area_reference <KiB>: a file of that size that compares with nothing else
_area_reference() {
	area_reference=$TEST_TMP/reference.$1
	[ -e "$area_reference" ] ||
		dd if=/dev/urandom of="$area_reference" bs=1k count="$1" 2>/dev/null || return 1
	echo "$area_reference"
}

# _area_chunks <stack> <first> <count>: in a session that reads
_area_chunks() {
	dd if="$(_dev "$1")" bs=64k skip="$2" count="$3" iflag=direct 2>/dev/null
}
