# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# story.sh: what reaches the target and when, as a story of few words.
#
# Copyright (C) 2026 the dumpflt authors
#
# dm-log-writes keeps every write, and before each flush only those that had been answered
# when it was sent: what a flush does not cover is behind it. Marks say how far we were.

# shellcheck source=place.sh
. "$SELFTESTS/lib/place.sh"

# _story_begin <device> <MiB for the log>: prints the device to be written to instead
_story_begin() {
	story_log=$(_null_blk "size=$2") || return 1
	echo "$story_log" >"$TEST_TMP/story_log"
	_dm "story$$" "0 $(_sectors "$1") log-writes $1 $story_log"
}

_story_mark() {
	dmsetup message "story$$" 0 mark "$1"
}

# _story_asked: how many writes have been sent to the device, and are not answered
_story_asked() {
	read -r _ story_asked <"/sys/dev/block/$(dmsetup info -c --noheadings --separator : -o major,minor "story$$")/inflight" &&
		echo "$story_asked"
}

# _story_end: nobody uses the device any more; the log is whole
_story_end() {
	dmsetup remove --retry "story$$" && _forget dm "story$$" &&
		"$HELPERS/logwrites" list "$(cat "$TEST_TMP/story_log")" >"$TEST_TMP/writes"
}

# _story_plain: one word per write, flush or mark; runs of writes are one
_story_plain() {
	sed 's/^write .*/data/; s/^mark //; /dm-log-writes-end/d; /^writes=/d' "$TEST_TMP/writes" | uniq
}

# _story_area <chunk that is the trailer>: each write by the part of the area that it goes to; runs
# of chunks, and of blocks of their records, are one
_story_area() {
	awk -v units="$place_units" -v chunks="$place_chunks" -v header_b="$(_place_header_b)" -v trailer="$1" '
		function part(at, zeros,	slot, rest) {
			if (at == 0)
				return "header A"
			if (at == header_b)
				return "header B"
			slot = int((at - 65536) / (units * 65536))
			rest = at - 65536 - slot * units * 65536
			if (rest < 65536)
				return "metadata " slot
			rest -= 65536
			if (rest < chunks * 65536)
				return (rest == trailer * 65536 ? "trailer " : "chunks ") slot
			rest -= (units - 2) * 65536
			if (rest < 0)
				return "records " slot
			return (rest < 32768 ? "receipt A " : "receipt B ") slot zeros
		}
		$1 == "write" { print part($2 * 512, $NF == "zeros" ? " zeros" : "") }
		$1 == "flush" { print }
		$1 == "mark" && $2 != "dm-log-writes-end" { print $2 }' "$TEST_TMP/writes" | uniq
}
