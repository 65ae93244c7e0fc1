#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt erase: nothing of what was in a slot is left, nothing else is touched, and
# no cut leaves a slot that looks whole.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/slots.sh disable=SC1091
. "$(dirname "$0")/slots.sh"

image=$TMP/image
dump=$TMP/dump
canary=what-nobody-is-to-read-any-more
# In each 4 KiB block of the dump
block=$(printf '%-4095s' "$canary")
for ((i = 0; i < 100; i++)); do
	echo "$block"
done >"$dump"
size=16777216
header_b=$((size - 65536))
# Of four slots: whole units, without the two headers
slot_units=$(((size / 65536 - 2) / 4))
slot_size=$((slot_units * 65536))

erase()
{
	run "$1" "$DUMPFLT" erase "${@:2}" "$image"
}

# part FROM BYTES [FILE]: of the image
part()
{
	tail -c "+$(($1 + 1))" "${3:-$image}" | head -c "$2"
}

# zeros FROM BYTES: whether there is nothing else
zeros()
{
	part "$1" "$2" | cmp -s - <(head -c "$2" /dev/zero)
}

# slot N: where it begins
slot()
{
	echo $((65536 + $1 * slot_size))
}

# canaries: how often the dump's text is in the image
canaries()
{
	grep -aoF "$canary" "$image" | wc -l
}

# sound: both headers are good
sound()
{
	run 0 "$DUMPFLT" show --json "$image" && out '"header_a_wrong":null' &&
		out '"header_b_wrong":null' && silent
}

# same_slots N...: they are byte for byte as before
same_slots()
{
	local n

	for n in "$@"; do
		part "$(slot "$n")" "$slot_size" | cmp - <(part "$(slot "$n")" "$slot_size" "$TMP/before") || return 1
	done
}

# session IMAGE N: the id of its Nth dump
session()
{
	"$DUMPFLT" show --json "$1" | grep -o '"session":"[0-9a-f]*"' | sed -n "$2s/.*:\"\\(.*\\)\"/\\1/p"
}

# named ID FILE: whether a dump's id is anywhere in it
named()
{
	od -An -v -tx1 "$2" | tr -d ' \n' | grep -qF "$1"
}

one()
{
	local old

	area complete complete torn complete && [ "$(canaries)" -eq 400 ] || return 1
	old=$(session "$image" 2)
	run 0 "$DUMPFLT" release --slot 1 "$image" && cp "$image" "$TMP/before" || return 1
	erase 0 --slot 1 && out "erased: the slot: $slot_size bytes are zeros, all of them read back" &&
		silent && states COMPLETE EMPTY STARTED COMPLETE &&
		zeros "$(slot 1)" "$slot_size" && [ "$(canaries)" -eq 300 ] && same_slots 0 2 3 && sound &&
		run 0 "$DUMPFLT" verify --slot 0 "$image" && run 0 "$DUMPFLT" verify --slot 3 "$image" &&
		[ "${#old}" -eq 32 ] && named "$old" "$TMP/before" && ! named "$old" "$image"
}
one
result $? 'nothing of the dump is left, in neither header either; the others are as they were, and verify'

again()
{
	erase 0 --slot 1 --json && out '"erased":[1],"bytes":'$slot_size',' &&
		out '{"slot":1,"state":"EMPTY"' && [ "$(wc -l <"$TMP/out")" -eq 1 ] && sound &&
		"$BUILD/areagen" "$image" "$dump" digest && states COMPLETE COMPLETE STARTED COMPLETE &&
		run 0 "$DUMPFLT" verify --slot 1 "$image"
}
again
result $? 'an EMPTY slot is erased as well; JSON; and the next dump takes it'

# What an area with other slots left: in EMPTY ones, and behind the last one
everything()
{
	area
	part "$(slot 0)" $((header_b - 65536)) <(yes "$canary") >"$TMP/old"
	[ "$(slot 4)" -lt "$header_b" ] &&
		dd if="$TMP/old" of="$image" bs=65536 seek=1 conv=notrunc status=none && [ "$(canaries)" -gt 1000 ] &&
		erase 0 --all && out "erased: all slots: $((header_b - 65536)) bytes are zeros" &&
		[ "$(canaries)" -eq 0 ] && zeros 65536 $((header_b - 65536)) && sound && states EMPTY EMPTY EMPTY EMPTY
}
everything
result $? '--all: the EMPTY ones too, and what is behind the last one'

# kept STATE WORD HINT: is not erased without --force, alone or with others
kept()
{
	area complete "$1" && run 0 "$DUMPFLT" release --slot 0 "$image" || return 1
	unchanged erase 1 --slot 1 &&
		err "ERROR: erasing failed on '$image': slot 1 is $2, and was not released" && err "$3" &&
		unchanged erase 1 --all && err "slot 1 is $2" && [ ! -s "$TMP/out" ] &&
		erase 0 --slot 1 --force && states COLLECTED EMPTY EMPTY EMPTY &&
		zeros "$(slot 1)" "$slot_size" && [ "$(canaries)" -eq 100 ] && sound
}
kept complete COMPLETE "'dumpflt collect --release' keeps its dump as a file; --force erases it"
result $? 'a COMPLETE dump that nobody released is kept without --force'
salvage="'dumpflt extract --salvage' saves what is verified of it; then use --force."
kept torn STARTED "$salvage"
result $? 'so is a torn one'
kept failed FAILED "$salvage"
result $? 'so is one that failed'
kept interrupted INTERRUPTED "$salvage"
result $? 'so is one that was interrupted'
kept contradicted STARTED "$salvage"
result $? 'so is one whose two receipts contradict each other'

all_named()
{
	area torn complete failed && unchanged erase 1 --all && err 'slot 0 is STARTED' &&
		err 'slot 1 is COMPLETE' && err 'slot 2 is FAILED' &&
		erase 0 --all --force --json && out '"erased":[0,1,2,3]' && [ "$(canaries)" -eq 0 ] && sound
}
all_named
result $? '--all: all that is in the way is named; --force erases it'

unbegun()
{
	area complete complete && run 0 "$DUMPFLT" release --all "$image" && erase 0 --slot 1 &&
		"$BUILD/areagen" "$image" "$dump" header && erase 0 --slot 1 && err 'got no further than the header' &&
		states COLLECTED EMPTY EMPTY EMPTY && sound
}
unbegun
result $? 'a dump that got no further than the header'

wrong()
{
	area complete
	unchanged erase 1 --slot 4 &&
		err "ERROR: looking for the slot failed on '$image': there is no slot 4: it has 0 to 3" &&
		unchanged erase 1 --slot 4 --force && run 1 "$DUMPFLT" erase --slot 0 "$dump" &&
		err "ERROR: looking for a dump area failed on '$dump': there is none" &&
		run 1 "$DUMPFLT" erase --slot 0 "$TMP/none" && run 1 "$DUMPFLT" erase --slot 0 /dev/full &&
		run 2 "$DUMPFLT" erase "$image" && err '--slot or --all is needed' &&
		run 2 "$DUMPFLT" erase --slot 0 --all "$image" && [ "$(canaries)" -eq 100 ]
}
wrong
result $? 'no such slot, no area, no image, no slot named'

other_use()
{
	area complete && run 0 "$DUMPFLT" release --all "$image" && mkswap -q "$image" 2>/dev/null >&2 || return 1
	unchanged erase 1 --all --force && err 'in the place of header A it holds'
}
other_use
result $? 'somebody has made a swap space of it: nothing is changed'

in_use()
{
	area complete && run 0 "$DUMPFLT" release --all "$image" || return 1
	cp "$image" "$TMP/before"
	# shellcheck disable=SC2016 # of the inner shell
	flock "$image" sh -c ': >"$1"; sleep 2' sh "$TMP/held" &
	within 3 test -e "$TMP/held" && erase 0 --all && wait && states EMPTY EMPTY EMPTY EMPTY
}
in_use
result $? 'another command that changes it is waited for'

# In what order: header, receipts, everything, both headers
order()
{
	local at want

	area complete
	rm -f "$TMP/disk"
	FAKE_DISK_LOG=$TMP/disk erase 0 --slot 0 --force || return 1
	at=$(slot 0)
	want=$'pwrite '$header_b$' 32768\nfsync\npwrite '$((at + slot_size - 65536))$' 65536\nfsync\n'
	head -4 "$TMP/disk" | cmp - <(printf %s "$want") && sed -n '5s/ [0-9]*$//p' "$TMP/disk" | grep -qx "pwrite $at" &&
		tail -5 "$TMP/disk" | cmp - <(printf 'fsync\npwrite 0 32768\nfsync\npwrite %d 32768\nfsync\n' "$header_b")
}
order
result $? 'the header first, then the receipts, and each is flushed; both headers last'

# all_there: nothing of slot 1 is overwritten yet, but receipts
all_there()
{
	cmp -s <(part "$(slot 1)" $((slot_size - 65536))) <(part "$(slot 1)" $((slot_size - 65536)) "$TMP/before")
}

# looks_whole: slot 1 does, by its state or to who verifies it
looks_whole()
{
	"$DUMPFLT" show --json "$image" 2>/dev/null | grep -qF '{"slot":1,"state":"COMPLETE"' ||
		"$DUMPFLT" verify --slot 1 "$image" >/dev/null 2>&1
}

# never_whole: slot 1 is not, slot 0 is as it was, and erasing again succeeds
never_whole()
{
	all_there || ! looks_whole || return 1
	same_slots 0 && run 0 "$DUMPFLT" verify --slot 0 "$image" && erase 0 --slot 1 --force && sound &&
		states COMPLETE EMPTY EMPTY EMPTY && [ "$(canaries)" -eq 100 ]
}

# Either all of the dump is there, or it never looks whole again, also if one header is lost then
cuts()
{
	local n=0 rc before=0 at

	area complete complete && cp "$image" "$TMP/before" || return 1
	while :; do
		n=$((n + 1))
		cp "$TMP/before" "$image"
		FAKE_CUT=$n "$DUMPFLT" erase --slot 1 --force "$image" >"$TMP/out" 2>"$TMP/err"
		rc=$?
		[ "$rc" -ne 0 ] || break
		[ "$rc" -eq 137 ] && [ ! -s "$TMP/out" ] || return 1
		cp "$image" "$TMP/cut"
		if all_there; then
			before=$((before + 1))
		else
			for at in 0 "$header_b"; do
				cp "$TMP/cut" "$image"
				spoil $((at + 20000))
				! looks_whole || return 1
			done
			cp "$TMP/cut" "$image"
		fi
		never_whole || return 1
	done
	echo "# $((n - 1)) cuts, $before of them before the first byte"
	[ "$n" -gt 10 ] && [ "$before" -eq 4 ]
}
cuts
result $? 'the power goes at each write and each flush: the slot never looks whole, whichever header is left'

# shellcheck disable=SC2317 # by within
begun()
{
	! cmp -s "$image" "$TMP/before"
}

kills()
{
	local n stopped=0 pid

	for ((n = 0; n < 100 && stopped < 20; n++)); do
		cp "$TMP/before" "$image"
		FAKE_SLOW=20 "$DUMPFLT" erase --slot 1 --force "$image" >"$TMP/out" 2>"$TMP/err" &
		pid=$!
		# from when it has begun, however busy the machine is, to when it ends
		within 30 begun || return 1
		sleep "0.$(printf %03d $((RANDOM % 200)))"
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		# it was about to end
		if [ -s "$TMP/out" ]; then
			continue
		fi
		stopped=$((stopped + 1))
		never_whole || return 1
	done
	echo "# killed in the middle: $stopped of $n"
	[ "$stopped" -eq 20 ]
}
kills
result $? 'killed at any moment, 20 times: likewise'

flush_error()
{
	case $1 in
	2 | 3) echo "ERROR: overwriting failed on '$image': flushing it: Input/output error" ;;
	*) echo "ERROR: writing the header failed on '$image': Input/output error" ;;
	esac
}

failing()
{
	local n

	for n in 1 2 7 8; do
		cp "$TMP/before" "$image"
		FAKE_PWRITE="$n 0 5" erase 1 --slot 1 --force && err 'Input/output error' && [ ! -s "$TMP/out" ] || return 1
		[ "$n" -eq 1 ] || never_whole || return 1
	done
	for n in 1 2 3 4 5; do
		cp "$TMP/before" "$image"
		FAKE_FSYNC="$n 5" erase 1 --slot 1 --force && err "$(flush_error "$n")" && [ ! -s "$TMP/out" ] && never_whole || return 1
	done
	cp "$TMP/before" "$image"
	# once only: what was to be written is
	FAKE_PWRITE="4 4096 28" erase 0 --slot 1 --force && cp "$TMP/before" "$image" &&
		FAKE_BAD="$(($(slot 1) + 196608)) 4096 28" erase 1 --slot 1 --force && [ ! -s "$TMP/out" ] &&
		err "ERROR: overwriting failed on '$image': at byte $(($(slot 1) + 196608)): No space left on device" &&
		err '4096 bytes could not be overwritten; all others were, but not read back.' &&
		zeros "$(slot 1)" 196608 && zeros $(($(slot 1) + 200704)) $((slot_size - 200704)) &&
		! zeros $(($(slot 1) + 196608)) 4096 &&
		err 'No dump that was to be erased is COMPLETE any more, but parts of it may be read yet. The same command without --force begins anew.' &&
		never_whole
}
failing
result $? 'a write or a flush fails: an error, nothing is called erased'

mismatch()
{
	cp "$TMP/before" "$image"
	FAKE_WRONG=4 erase 1 --slot 1 --force --json &&
		err "ERROR: reading back failed on '$image': in the MiB from byte $(($(slot 1) + 1048576)) on there is something other than the zeros that were written" &&
		! out '"erased"' && out '"exit":1' && ! states COMPLETE EMPTY EMPTY EMPTY && never_whole
}
mismatch
result $? 'a disk that keeps something else: found when it is read back'

# The first reads are those of the headers, and of the slot
unread()
{
	local n

	for ((n = 1; n < 20; n++)); do
		cp "$TMP/before" "$image"
		FAKE_PREAD="$n /dev/null" erase 1 --slot 1 --force && [ ! -s "$TMP/out" ] || return 1
		! err 'reading back failed' || break
	done
	err "ERROR: reading back failed on '$image': at byte $(slot 1): No data available" && never_whole
}
unread
result $? 'it cannot be read back: an error'

stopped()
{
	local all

	cp "$TMP/before" "$image"
	all=$(canaries)
	# while it writes the header: all of the dump is there
	FAKE_SIGNAL=2 erase 1 --slot 1 --force && err "ERROR: erasing failed on '$image': stopped by SIGINT" && err 'Nothing was overwritten' &&
		[ ! -s "$TMP/out" ] && states COMPLETE COLLECTED EMPTY EMPTY && [ "$(canaries)" -eq "$all" ] || return 1
	FAKE_SIGNAL=2 erase 1 --slot 1 && err "ERROR: overwriting failed on '$image': stopped by SIGINT after 1 of 3 MiB" &&
		[ ! -s "$TMP/out" ] && states COMPLETE COLLECTED EMPTY EMPTY && never_whole
}
stopped
result $? 'Ctrl-C: it is said how far it came, and the slot is COLLECTED'

cached()
{
	area complete && FAKE_POOR=direct erase 0 --slot 0 --force && [ "$(canaries)" -eq 0 ] && sound &&
		run 0 "$DUMPFLT" erase --slot 0 "$image" && ! err WARNING && FAKE_POOR=direct erase 0 --slot 0 &&
		err "WARNING: '$image' cannot be read past the page cache: that it was read back says less"
}
cached
result $? 'a file system that knows only its cache: it is erased, and that is said'

full()
{
	area complete
	timeout 60 "$DUMPFLT" erase --slot 0 --force "$image" >/dev/full 2>"$TMP/err" && return 1
	err "ERROR: printing failed on 'standard output': No space left on device" && [ "$(canaries)" -eq 0 ]
}
full
result $? '/dev/full: it fails, and the slot is erased all the same'

# An image for hibernation
hibernation()
{
	age-keygen -o "$TMP/key" 2>/dev/null
	age-keygen -o "$TMP/origin" 2>/dev/null
	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format --hibernation --filter "age,recipient=$(age-keygen -y "$TMP/key"),origin=$(age-keygen -y "$TMP/origin")" \
		"$image" >"$TMP/out" 2>"$TMP/err" &&
		"$BUILD/areagen" "$image" "$dump" "$(age-keygen -y "$TMP/key")" "origin=$TMP/origin" && states COMPLETE &&
		unchanged erase 1 --slot 0 && err 'slot 0 is COMPLETE, and was not released' &&
		err 'With --force, the image in it is thrown away and erased: it is never resumed.' &&
		unchanged erase 1 --all --force && err 'it is a dump area for hibernation' &&
		erase 0 --slot 0 --force && states EMPTY && zeros 65536 $((header_b - 65536 - 65536)) && sound &&
		erase 0 --slot 0
}
hibernation
result $? 'a hibernation image goes with --force only, and --all refuses'

finish
