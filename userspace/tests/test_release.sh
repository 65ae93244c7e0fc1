#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt release: what it lets go of and what it keeps, and that no cut loses
# the area.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/slots.sh disable=SC1091
. "$(dirname "$0")/slots.sh"

image=$TMP/image
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"
header_b=$((16777216 - 65536))

release()
{
	run "$1" "$DUMPFLT" release "${@:2}" "$image"
}

one()
{
	area complete complete torn
	release 0 --slot 1 && out 'released: the next dump may overwrite the slot' &&
		states COMPLETE COLLECTED STARTED EMPTY &&
		unchanged release 0 --slot 1 && out 'nothing to release' &&
		unchanged release 0 --slot 3 && out 'nothing to release'
}
one
result $? 'a COMPLETE slot becomes COLLECTED, and no other does'
still_there()
{
	run 0 "$DUMPFLT" verify --slot 1 "$image" && out 'it was released' &&
		run 0 "$DUMPFLT" extract --raw --slot 1 --device "$image" - &&
		cmp -s "$TMP/out" "$dump"
}
still_there
result $? 'what was released can be read as long as no dump goes over it'

overwritten()
{
	"$BUILD/areagen" "$image" "$dump" && "$BUILD/areagen" "$image" "$dump" &&
		states COMPLETE COMPLETE STARTED COMPLETE && release 0 --slot 3 --json &&
		out '"state":"COLLECTED"' && [ "$(wc -l <"$TMP/out")" -eq 1 ]
}
overwritten
result $? 'the next dumps take the empty slot and the released one; JSON'

# kept STATE WORD MEANING: is not let go of without --force, alone or with others
kept()
{
	area complete "$1" &&
		unchanged release 1 --slot 1 && err "ERROR: releasing failed on '$image': slot 1 is $2" &&
		err "'dumpflt extract --salvage' saves what is verified of it; then use --force." &&
		unchanged release 1 --all && err "slot 1 is $2" && [ ! -s "$TMP/out" ] &&
		run 0 "$DUMPFLT" show "$image" && out "$3" &&
		release 0 --slot 1 --force && states COMPLETE COLLECTED EMPTY EMPTY
}
kept torn STARTED "being written, or torn; if nobody writes, try 'dumpflt extract --salvage'"
result $? 'a torn dump is kept: it may be all there is'
kept failed FAILED 'not whole; try'
result $? 'so is one that failed'
kept interrupted INTERRUPTED 'ended by a reboot, or with its stack; try'
result $? 'so is one that was interrupted'
kept contradicted STARTED "its two receipts contradict each other; try 'dumpflt extract --salvage'"
result $? 'so is one whose two receipts contradict each other, though each says COMPLETE'

all()
{
	area complete torn complete && release 0 --all --force &&
		out 'may overwrite all slots' &&
		states COLLECTED COLLECTED COLLECTED EMPTY && release 0 --all &&
		out 'nothing to release'
}
all
result $? '--all --force'

no_such_slot()
{
	area complete
	unchanged release 1 --slot 4 &&
		err "ERROR: looking for the slot failed on '$image': there is no slot 4: it has 0 to 3" &&
		run 1 "$DUMPFLT" release --slot 0 "$dump" &&
		err "ERROR: looking for a dump area failed on '$dump': there is none" &&
		run 1 "$DUMPFLT" release --slot 0 "$TMP/none" &&
		run 1 "$DUMPFLT" release --slot 0 /dev/full &&
		err "ERROR: opening failed on '/dev/full': it is neither a block device nor a file"
}
no_such_slot
result $? 'no such slot, no area, no image'

# The header that counts is never the one that is written
alternate()
{
	area complete complete
	rm -f "$TMP/disk"
	FAKE_DISK_LOG=$TMP/disk release 0 --slot 0 && FAKE_DISK_LOG=$TMP/disk release 0 --slot 1 &&
		grep -c '^fsync$' "$TMP/disk" | grep -qx 2 &&
		grep -qx 'pwrite 0 32768' "$TMP/disk" &&
		grep -qx "pwrite $header_b 32768" "$TMP/disk" && [ "$(wc -l <"$TMP/disk")" -eq 4 ]
}
alternate
result $? 'one write to one header and a flush, and then the other'

# Whatever of the header is on the disk: the old state or the new one, all of it
cuts()
{
	local bytes old=0 new=0 second

	# once slot 1 was released, the other header is the one to be written
	for second in STARTED COLLECTED; do
		for bytes in 0 1 512 16896 17408 17500 24576 32256 32760 32768; do
			area complete torn
			[ "$second" = STARTED ] || release 0 --slot 1 --force || return 1
			FAKE_PWRITE="1 $bytes 0" release 137 --all --force || return 1
			if states COLLECTED COLLECTED EMPTY EMPTY; then
				new=$((new + 1))
			elif states COMPLETE "$second" EMPTY EMPTY; then
				old=$((old + 1))
			else
				return 1
			fi
			# and it goes on from there
			release 0 --all --force && states COLLECTED COLLECTED EMPTY EMPTY || return 1
		done
	done
	echo "# $old cuts left the old state, $new the new one"
	[ "$old" -gt 0 ] && [ "$new" -gt 0 ]
}
cuts
result $? 'the power goes in the middle of the header: the area is not lost'

errors()
{
	area complete
	FAKE_PWRITE='1 0 5' unchanged release 1 --all &&
		err "ERROR: writing the header failed on '$image': Input/output error" &&
		[ ! -s "$TMP/out" ] && states COMPLETE EMPTY EMPTY EMPTY &&
		FAKE_FSYNC='1 28' release 1 --slot 0 && err 'No space left on device' &&
		[ ! -s "$TMP/out" ]
}
errors
result $? 'a write or a flush fails: an error, nothing is called released'

# A lost header is made good by the next change
heals()
{
	local at

	for at in 0 "$header_b"; do
		area complete
		printf x | dd of="$image" bs=1 seek=$((at + 20000)) conv=notrunc status=none
		release 0 --slot 0 && err 'WARNING: header ' && states COLLECTED EMPTY EMPTY EMPTY &&
			run 0 "$DUMPFLT" show "$image" && silent || return 1
	done
}
heals
result $? 'a header that was lost is made good'

stopped()
{
	area complete
	FAKE_SIGNAL=2 release 0 --slot 0 && out released && states COLLECTED EMPTY EMPTY EMPTY
}
stopped
result $? 'Ctrl-C does not cut it'

area torn complete failed && unchanged release 1 --all && err 'slot 0 is STARTED, not COMPLETE' && err 'slot 2 is FAILED, not COMPLETE' &&
	states STARTED COMPLETE FAILED EMPTY
result $? '--all: all that is in the way is named, before somebody uses --force'

finish
