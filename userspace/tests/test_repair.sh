#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt repair: the header that is lost becomes what the other one is, whichever it was and
# wherever it is cut; and what may be anything else than that header is not written over.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

PATH=$PATH:/usr/sbin:/sbin
image=$TMP/image
dump=$TMP/dump
size=16777216
b=$((size - 65536))
head -c 200000 /dev/urandom >"$dump"

# area [END...]: with dumps that ended so, in as many as $slots
area()
{
	local end

	rm -f "$image"
	truncate -s "$size" "$image"
	"$DUMPFLT" format --slots "${slots:-4}" "$image" >/dev/null || return 1
	for end in "$@"; do
		"$BUILD/areagen" "$image" "$dump" digest "$end" || return 1
	done
	cp "$image" "$TMP/good"
}

# header A|B [FILE]
header()
{
	tail -c +$(($([ "$1" = A ] || echo $b) + 1)) "${2:-$image}" | head -c 32768
}

# lose A|B zeros|bit|bits|uuid|random|begin: that happens to it
lose()
{
	local at=0

	[ "$1" = A ] || at=$b
	case $2 in
	zeros) dd if=/dev/zero of="$image" bs=4096 seek=$((at / 4096)) count=8 conv=notrunc status=none ;;
	bit) spoil $((at + 20000)) ;;
	bits) spoil $((at + 4096)) 4096 ;;
	uuid) spoil $((at + 40)) ;;
	random) head -c 32768 /dev/urandom | dd of="$image" bs=4096 seek=$((at / 4096)) conv=notrunc status=none ;;
	begin) spoil "$at" 8 ;;
	esac
}

repair()
{
	run "$1" "$DUMPFLT" repair "${@:2}" "$image" </dev/null
}

# refused TEXT [OPTION]...: and nothing was changed
refused()
{
	cp "$image" "$TMP/before"
	repair 1 "${@:2}" && cmp "$image" "$TMP/before" && err "$1"
}

# no_warning: the area is read as if nothing had been
no_warning()
{
	run 0 "$DUMPFLT" show "$image" && silent && run 0 "$DUMPFLT" verify --slot 0 "$image"
}

restored()
{
	local which other how

	for which in A B; do
		other=$([ $which = A ] && echo B || echo A)
		for how in zeros bit bits random begin uuid; do
			area complete complete && lose $which $how && refused "what is in the place of header $which " &&
				err 'To write over that, use --yes.' &&
				repair 0 --dry-run && out "header $which of '$image' would be restored from header $other" && cmp "$image" "$TMP/before" &&
				err "WARNING: header $which of '$image' cannot be used" && repair 0 --yes && out "header $which of '$image' is restored from header $other" &&
				cmp <(header A) <(header B) && cmp <(header "$other") <(header "$other" "$TMP/good") && no_warning &&
				repair 0 && out 'nothing to repair: both headers are good' || return 1
		done
	done
	# nothing else of the area was written
	lose A zeros && repair 0 --yes && cmp <(tail -c +32769 "$image" | head -c $((b - 32768))) <(tail -c +32769 "$TMP/good" | head -c $((b - 32768)))
}
restored
result $? 'A from B and B from A, whatever has happened to it; --dry-run; a second time'

# A bad sector: the likeliest way to lose one
unreadable()
{
	local at which

	for which in A B; do
		at=$(($([ $which = A ] || echo $b) + 8192))
		area complete && export FAKE_BAD="$at 4096 5 replaced" && refused "what is in the place of header $which cannot be read" && repair 0 --dry-run &&
			err "WARNING: header $which of '$image' cannot be used: it cannot be read" && repair 0 --yes && out "header $which of '$image' is restored" || return 1
		unset FAKE_BAD
		cmp <(header A) <(header B) && no_warning && lose $which bit && export FAKE_BAD="$at 4096 5" && refused "header $which: Input/output error" --yes --force && run 0 "$DUMPFLT" verify --slot 0 "$image" || return 1
		unset FAKE_BAD
	done
	# what can be read says what it is
	area complete && mkswap -q "$image" 2>/dev/null && export FAKE_BAD="8192 4096 5 replaced" && refused 'in the place of header A it holds a file system or the like (swap)' --yes --force
}
unreadable
code=$?
unset FAKE_BAD
result $code 'a header that cannot be read: from the other one, unless what is left says that it is another thing'

as_json()
{
	area complete && repair 0 --json && out '"repaired":null,"dry_run":false' && lose B bit && repair 0 --json --dry-run && out '"header_b_wrong":"its checksum is wrong"' &&
		out '"repaired":"B","dry_run":true' && repair 0 --json --yes && out '"header_b_wrong":null' && out '"repaired":"B","dry_run":false' && [ "$(wc -l <"$TMP/out")" -eq 1 ]
}
as_json
result $? 'as JSON'

# on_terminal ANSWER CODE
on_terminal()
{
	rm -f "$TMP/typescript"
	(for _ in {1..300}; do
		grep -qs 'Type yes' "$TMP/typescript" && break
		sleep 0.1
	done; printf '%b' "$1") |
		run "$2" script -qefc "exec '$DUMPFLT' repair '$image'" "$TMP/typescript"
}

confirmed()
{
	area complete && lose A bit && cp "$image" "$TMP/before" && on_terminal 'no\n' 1 && out 'what is in the place of header A is a damaged header. Write a copy of header B there? Type yes: ' &&
		out 'not confirmed, nothing was changed' && cmp "$image" "$TMP/before" && on_terminal '\003' 1 && out 'stopped by SIGINT, nothing was changed' && cmp "$image" "$TMP/before" &&
		on_terminal 'yes\n' 0 && no_warning
}
confirmed
result $? 'asked: no, Ctrl-C, yes'

# slot_as EMPTY|STARTED|COLLECTED: in a slot that was so, there is dump number 2, and it is torn
slot_as()
{
	case $1 in
	EMPTY) area complete torn ;;
	STARTED) slots=1 area header torn ;;
	COLLECTED) slots=1 area complete && run 0 "$DUMPFLT" release --slot 0 "$image" && "$BUILD/areagen" "$image" "$dump" torn && cp "$image" "$TMP/good" ;;
	esac
}

# It is in the header that was written last; when that is the one that is lost
newer()
{
	local how last=A first=B slot=0 before=$1

	[ "$1" != EMPTY ] || slot=1 before='COMPLETE EMPTY EMPTY EMPTY'
	slot_as "$1" && lose B zeros && run 0 "$DUMPFLT" show --json "$image" || return 1
	out '"number":2,' || last=B first=A
	for how in bit zeros; do
		cp "$TMP/good" "$image" && lose $last $how || return 1
		case $how in
		bit) refused "what is left of header $last counts a dump that header $first does not know of" ;;
		zeros) refused "slot $slot has the beginning of a dump that header $first does not name" ;;
		esac && err "'dd if=$image of=FILE bs=1M conv=sparse'" && refused ' a dump that header ' --dry-run && refused ' a dump that header ' --yes && refused "what is in the place of header $last " --force && err 'it is not reached any more' || return 1
		# shellcheck disable=SC2086 # one for each slot
		repair 0 --yes --force && err 'it is not reached any more' && cmp <(header A) <(header B) && cmp <(header $first) <(header $first "$TMP/good") && states $before || return 1
	done
	# if the other one is lost, nothing is
	cp "$TMP/good" "$image" && lose $first bit && repair 0 --yes && [ "$(grep -c WARNING "$TMP/err")" -eq 1 ] && run 0 "$DUMPFLT" show --json "$image" && out '"number":2,'
}

# What is in the slot may as well be older than the dump that the good header names
unknown()
{
	slots=1 area complete && run 0 "$DUMPFLT" release --slot 0 "$image" && "$BUILD/areagen" "$image" "$dump" header && cp "$image" "$TMP/good" &&
		lose B zeros && run 0 "$DUMPFLT" show --json "$image" || return 1
	if ! out '"number":2,'; then
		cp "$TMP/good" "$image" && lose A zeros || return 1
	fi
	refused 'slot 0 has the beginning of a dump that header '
}
for state in EMPTY STARTED COLLECTED; do
	newer $state
	result $? "a dump that only the lost header names, in a slot that was $state: said, and --force is needed"
done
unknown
result $? 'a dump that got no further than the good header: what is in its slot may be newer'

# sealed_as FILE A|B: the header of another area there, whose checksum is right
sealed_as()
{
	local at=0

	[ "$2" = A ] || at=$b
	header A "$1" | dd of="$image" bs=4096 seek=$((at / 4096)) conv=notrunc status=none
}

other()
{
	area complete && mv "$image" "$TMP/first" && area complete || return 1
	sealed_as "$TMP/first" B && refused 'neither of its two headers can be used' && err 'header B: the two headers are of different areas' && err "'dumpflt repair' makes none up" || return 1
	# larger than what it is on: nothing of it fits, and yet it is sound
	rm -f "$TMP/large" && truncate -s 32M "$TMP/large" && "$DUMPFLT" format "$TMP/large" >/dev/null && cp "$TMP/good" "$image" &&
		sealed_as "$TMP/large" A && refused 'in the place of header A there is a header that is sound, and not one of this area' --yes --force && err 'Zeros over the first 64 KiB' &&
		cp "$TMP/good" "$image" && sealed_as "$TMP/large" B && refused 'in the place of header B there is a header that is sound' --yes --force && err 'Zeros over the last 64 KiB' &&
		dd if=/dev/zero of="$image" bs=65536 seek=255 count=1 conv=notrunc status=none && repair 0 --yes && no_warning || return 1
	cp "$TMP/good" "$image" && sealed_as "$TMP/first" A && spoil 20000 && refused 'in the place of header A there is a damaged header of another area' --yes --force
}

both()
{
	area complete && lose A bit && lose B bit && refused 'neither of its two headers can be used' --yes --force && err 'header A: its checksum is wrong' && err "'dumpflt repair' makes none up" &&
		refused 'neither of its two headers' --yes --force --json && lose A zeros && lose B zeros && refused 'there is none' --yes --force
}
other
result $? 'a sound header of another area, or a damaged one, is left'
both
result $? 'both are lost: nothing is made up'

# What somebody has made of the front
foreign()
{
	area complete
	truncate -s 16M "$TMP/swap" && mkswap -q "$TMP/swap" 2>/dev/null && dd if="$TMP/swap" of="$image" bs=4096 count=1 conv=notrunc status=none &&
		refused 'in the place of header A it holds a file system or the like (swap)' --yes --force && refused 'in the place of header A it holds' --dry-run
}

# md: of version 0.90, a mirror of two
md()
{
	local word

	for word in a92b4efc 0 5a 0 0 11111111 6553f100 1 2000 2 2 0 0 22222222 33333333 44444444; do
		word=0000000$word word=${word: -8}
		printf '%b' "\\x${word:6}\\x${word:4:2}\\x${word:2:2}\\x${word:0:2}"
	done
	head -c 4032 /dev/zero
}

# at_end WHAT: standard input is in the place of header B, and stays; behind it a bad block, too
at_end()
{
	local what=$1

	area complete && dd of="$image" bs=4096 seek=$((b / 4096)) conv=notrunc status=none || return 1
	refused "in the place of header B it holds $what, which a header would go over" --yes --force && err 'zeros over the last 64 KiB of the area keep it' && refused "in the place of header B it holds $what" --dry-run || return 1
	export FAKE_BAD="$((b + 4096)) 4096 5 replaced"
	refused "in the place of header B it holds $what" --yes --force || return 1
	unset FAKE_BAD
	dd if=/dev/zero of="$image" bs=65536 seek=255 count=1 conv=notrunc status=none && repair 0 --yes && no_warning
}

ends()
{
	area complete && md >"$TMP/md" && at_end 'a file system or the like (linux_raid_member)' <"$TMP/md" &&
		printf 'age-encryption.org/v1\n' | at_end 'an age file'
}
foreign
result $? 'what somebody has made of the device stays'
ends
code=$?
unset FAKE_BAD
result $code 'what ends where header B is stays: a member of a RAID'

image_of_machine()
{
	rm -f "$image" && truncate -s "$size" "$image" && "$DUMPFLT" format --hibernation --filter age,origin=k --recipient "$(age-keygen 2>/dev/null | sed -n 's/^# public key: //p')" "$image" >/dev/null 2>&1 &&
		repair 0 && lose A bit && refused 'it is for hibernation, and is left as it is' --yes --force && refused 'it is for hibernation' --dry-run && run 0 "$DUMPFLT" show "$image"
}
image_of_machine
result $? 'an area for hibernation is left as it is'

# Cut anywhere, or a disk that does not do as it says: the good one is as it was
cuts()
{
	local step total which

	for which in A B; do
		area complete && lose $which bit && cp "$image" "$TMP/lost" && rm -f "$TMP/disk" && FAKE_DISK_LOG=$TMP/disk repair 0 --yes || return 1
		total=$(wc -l <"$TMP/disk")
		[ "$(grep -c '^pwrite' "$TMP/disk")" -eq 1 ] && [ "$(sed 's/ .*//' "$TMP/disk" | uniq | tr '\n' ' ')" = 'pwrite fsync ' ] || return 1
		for ((step = 1; step <= total; step++)); do
			cp "$TMP/lost" "$image"
			FAKE_CUT=$step repair 137 --yes && run 0 "$DUMPFLT" verify --slot 0 "$image" && repair 0 --yes && no_warning || return 1
		done
		cp "$TMP/lost" "$image" && FAKE_PWRITE='1 100 5' repair 1 --yes && err "header $which: Input/output error" && run 0 "$DUMPFLT" verify --slot 0 "$image" &&
			cp "$TMP/lost" "$image" && FAKE_FSYNC='1 5' repair 1 --yes && err "header $which: Input/output error" && run 0 "$DUMPFLT" verify --slot 0 "$image" &&
			cp "$TMP/lost" "$image" && FAKE_WRONG=1 repair 1 --yes && err "header $which: Input/output error" && run 0 "$DUMPFLT" verify --slot 0 "$image" || return 1
	done
}
cuts
result $? 'cut, failing or lying disks: said, and the other header stays'

finish
