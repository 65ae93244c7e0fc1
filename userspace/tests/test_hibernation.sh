#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A dump area for hibernation: it is told apart from one for crash dumps by every
# command, and what was released is no image any more, whatever is cut.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/target
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"
receipts=$((16777216 - 65536 - 65536))
installed trace digest age
key=$TMP/key
age-keygen -o "$key" 2>/dev/null
recipient=$(age-keygen -y "$key")
origin=$TMP/origin
head -c 32 /dev/urandom >"$origin"
chmod 600 "$origin"
policy=(--hibernation --filter 'age,origin=dumpflt:machine' --recipient "$recipient")
keys=(--identity "$key" --origin "$origin")

# blank: an image with nothing in it
blank()
{
	rm -f "$image"
	truncate -s 16M "$image"
}

# area [STATE]: for hibernation, with an image that ended so
area()
{
	blank
	"$DUMPFLT" format "${policy[@]}" "$image" >/dev/null 2>&1 || return 1
	[ "$#" -eq 0 ] || hibernate "$1"
}

# hibernate [END]: an image of this machine
hibernate()
{
	"$BUILD/areagen" "$image" "$dump" "$recipient" "origin=$origin" "${1:-complete}"
}

# unchanged COMMAND...: the command succeeds and leaves the image as it was
unchanged()
{
	cp "$image" "$TMP/before" && "$@" && cmp "$image" "$TMP/before"
}

# state STATE: of its slot
state()
{
	"$DUMPFLT" show --json "$image" 2>/dev/null | grep -qF "{\"slot\":0,\"state\":\"$1\""
}

# What changes from run to run is not compared
golden()
{
	sed "s,$TMP,TMP,g; s,[0-9a-f]\{64\},FINGERPRINT,; s,[0-9a-f]\{32\},ID,; s,20[0-9-]*T[0-9:]*Z,TIME,; s,$recipient,RECIPIENT," "$TMP/out" |
		diff -u <(sed '1,/^# Copyright/d' "$TESTS/golden/$1") - >&2
}

made()
{
	blank
	run 0 "$DUMPFLT" format "${policy[@]}" "$image" && golden show-hibernation && area complete &&
		run 0 "$DUMPFLT" show "$image" && out 'slot 0      COMPLETE: an image to resume, once' &&
		run 0 "$DUMPFLT" show --json "$image" && out '"overwrite":true,"type":"hibernation",' &&
		run 0 "$DUMPFLT" verify "${keys[@]}" "$image" && out 'slot 0: complete, authentic and intact' &&
		out 'it is a hibernation image' &&
		run 0 "$DUMPFLT" verify --json "${keys[@]}" "$image" && out '"type":"hibernation"' && out '"authentic":true'
}
made
result $? 'format makes it; show and verify name it'

one_slot()
{
	blank
	unchanged run 2 "$DUMPFLT" format "${policy[@]}" --slots 2 "$image" &&
		err 'ERROR: format: --hibernation: there is one slot, for one image, not 2' &&
		run 0 "$DUMPFLT" format "${policy[@]}" --slots 1 --overwrite "$image" && out 'type        hibernation'
}
one_slot
result $? 'it has one slot'

not_optional()
{
	blank
	unchanged run 2 "$DUMPFLT" format "${policy[@]}" --filter digest --start-optional digest "$image" &&
		err '--start-optional goes not with --hibernation'
}
not_optional
result $? 'no filter of an image is optional'

# Without, anybody could make an image that is resumed
no_origin()
{
	local options

	blank
	for options in '' '--filter age' '--filter crypt,key=x' '--filter age,key=origin=x' '--filter age,origins=x'; do
		# shellcheck disable=SC2086 # several
		unchanged run 2 "$DUMPFLT" format --hibernation --recipient "$recipient" $options "$image" &&
			err 'ERROR: format: ' || return 1
	done
	unchanged run 2 "$DUMPFLT" format --hibernation --recipient "$recipient" "$image" &&
		err '--hibernation needs --filter age,origin=KEY, or anybody could make an image that is resumed' &&
		unchanged run 2 "$DUMPFLT" format --filter age,origin=x --recipient "$recipient" "$image" &&
		err "origin= of filter 'age' is for --hibernation"
}
no_origin
result $? 'its policy has an origin, and no other has one'

# The next image is never without a place
overwritten()
{
	local end

	for end in complete torn failed; do
		area "$end" && hibernate && state COMPLETE || return 1
	done
}
overwritten
result $? 'each image overwrites the one before'

# leaves WORDS COMMAND...: it is refused, and nothing is written
leaves()
{
	unchanged run 1 "${@:2}" && err "$1" && err 'it is a dump area for hibernation, in which there is never a crash dump'
}

left_alone()
{
	mkdir -p "$TMP/folder"
	area complete || return 1
	for option in '' --release --all; do
		leaves 'ERROR: collecting failed' "$DUMPFLT" collect ${option:+"$option"} "$image" "$TMP/folder" &&
			[ -z "$(ls "$TMP/folder")" ] || return 1
	done
	leaves 'ERROR: taking the dump area for crash dumps failed' "$DUMPFLT" create crash --area --target "$image" &&
		leaves 'ERROR: taking the dump area for crash dumps failed' \
				"$DUMPFLT" create crash --area --filter trace --target "$image" && nothing_left
}
left_alone
result $? 'collect and create for a crash leave it alone'

capture()
{
	: >"$TMP/vmcore"
	printf '%s\n' '[stack]' "target = $image" "$1" '[dump]' "vmcore = $TMP/vmcore" \
		"makedumpfile = $TESTS/fake_makedumpfile" 'wait_for_target = 1' >"$TMP/capture.conf"
	export FAKE_MDF=good FAKE_SAMPLE=$dump FAKE_ARGS=$TMP/args
	leaves 'ERROR: taking the dump area for crash dumps failed' "$DUMPFLT" capture -c "$TMP/capture.conf" &&
		leaves 'ERROR: taking the dump area for crash dumps failed' \
			"$DUMPFLT" capture -c "$TMP/capture.conf" --dry-run && [ ! -e "$FAKE_ARGS" ] && nothing_left
}
capture 'area = yes' && capture ''
result $? 'so does capture, and its rehearsal'

create()
{
	area && run 0 "$DUMPFLT" create crash --type hibernation --area --target "$image" && asked crash/type=hibernation &&
		run 0 "$DUMPFLT" list && out ', hibernation' && run 0 "$DUMPFLT" list --json && out '"type":"hibernation"' &&
		run 0 "$DUMPFLT" destroy crash && blank && "$DUMPFLT" format "$image" >/dev/null &&
		run 1 "$DUMPFLT" create crash --type hibernation --area --target "$image" &&
		err "ERROR: taking the dump area for hibernation failed on '$image': it is one for crash dumps" && nothing_left
}
create
result $? 'a hibernation stack takes it and no other; list names the type'

extract()
{
	area complete
	run 1 "$DUMPFLT" extract --device "$image" "$TMP/new" &&
		err "ERROR: extracting failed on '$image': it holds a hibernation image, and no crash dump" &&
		run 1 "$DUMPFLT" extract --slot 0 --device "$image" "$TMP/new" && err 'and no crash dump' &&
		run 1 "$DUMPFLT" extract --slot 0 --dmesg --device "$image" - && [ ! -e "$TMP/new" ] &&
		run 0 "$DUMPFLT" extract --raw "${keys[@]}" --device "$image" - && cmp -s "$TMP/out" "$dump"
}
extract
result $? 'extract gives it out with --raw alone'

# judged CODES WORDS OPTION...: verify and extract say so, and nothing is given out
judged()
{
	run "$1" "$DUMPFLT" verify "${@:3}" "$image" && out "slot 0: COMPLETE, not complete and intact: " && out "$2" &&
		run "$1" "$DUMPFLT" verify --json "${@:3}" "$image" && out '"complete":false' && out '"authentic":false' &&
		run "$1" "$DUMPFLT" extract --raw "${@:3}" --device "$image" - && [ ! -s "$TMP/out" ] && err 'ERROR: '
}

needed="it cannot be judged: the machine's origin key is needed (--origin)"
forged='its MAC is wrong: it was not written by the session that sealed the dump'

missing()
{
	area complete && judged 6 "$needed" && judged 6 "$needed" --identity "$key" &&
		run 6 "$DUMPFLT" extract --raw --device "$image" - &&
		err 'slot 0: it cannot be judged whose image it is without keys' &&
		err 'Use --identity KEYFILE and --origin FILE here.'
}
missing
result $? 'without the keys nobody can tell whose image it is'

another()
{
	head -c 32 /dev/urandom >"$TMP/another"
	chmod 600 "$TMP/another"
	area complete && judged 5 "$forged" --identity "$key" --origin "$TMP/another"
}
another
result $? 'the key of another machine: refused'

# Everything but the machine's key: the area, the public key, this very program
forge()
{
	area && "$BUILD/areagen" "$image" "$dump" "$recipient" && state COMPLETE &&
		judged 5 "$forged" "${keys[@]}" && judged 6 "$needed" && judged 6 "$needed" --identity "$key" &&
		hibernate && run 0 "$DUMPFLT" verify "${keys[@]}" "$image"
}
forge
result $? 'an image that is sealed to the public key alone: refused'

plain()
{
	area && "$BUILD/areagen" "$image" "$dump" && judged '5|6' 'not sealed as promised' &&
		judged 1 'it is not sealed' "${keys[@]}"
}
plain
result $? 'so is one that is not sealed'

origin_file()
{
	local words="it has not 32 bytes, and nothing else"

	area complete
	head -c 31 "$origin" >"$TMP/short"
	(cat "$origin"; echo) >"$TMP/long"
	: >"$TMP/none"
	for file in short long none; do
		run 1 "$DUMPFLT" verify --identity "$key" --origin "$TMP/$file" "$image" &&
			err "ERROR: reading the origin key failed on '$TMP/$file': $words" || return 1
	done
	run 1 "$DUMPFLT" verify --identity "$key" --origin "$TMP/absent" "$image" && err 'No such file' &&
		run 2 "$DUMPFLT" verify --origin "$origin" "$image" && err '--origin needs --identity' &&
		run 2 "$DUMPFLT" extract --raw --origin "$origin" --device "$image" - && err '--origin needs --identity' &&
		chmod 644 "$origin" && run 0 "$DUMPFLT" verify "${keys[@]}" "$image" &&
		err "WARNING: others may read the origin key in '$origin': chmod 600 it" && chmod 600 "$origin" &&
		run 0 "$DUMPFLT" verify --identity "$key" --origin <(cat "$origin") "$image" &&
		run 1 "$DUMPFLT" extract --raw --force "${keys[@]}" --device "$image" "$origin" && [ "$(stat -c %s "$origin")" -eq 32 ]
}
origin_file
result $? 'the origin key is a file of 32 bytes'

# Of a crash dump there is none to judge
crash_dump()
{
	blank && "$DUMPFLT" format --recipient "$recipient" "$image" >/dev/null 2>&1 &&
		"$BUILD/areagen" "$image" "$dump" "$recipient" && run 0 "$DUMPFLT" verify --identity "$key" "$image" &&
		run 1 "$DUMPFLT" verify "${keys[@]}" "$image" && out 'it is no hibernation image, and has no origin' &&
		run 2 "$DUMPFLT" extract "${keys[@]}" --device "$dump" "$TMP/new" && [ ! -e "$TMP/new" ]
}
crash_dump
result $? 'of a crash dump there is none'

# never WORDS: not even a bit of it, and nobody advises to
never()
{
	run 1 "$DUMPFLT" extract --salvage --device "$image" "$TMP/new" && err 'of which nothing is salvaged' &&
		run 1 "$DUMPFLT" extract --salvage --raw --device "$image" - && err 'of which nothing is salvaged' &&
		[ ! -s "$TMP/out" ] && run 4 "$DUMPFLT" extract --raw "${keys[@]}" --device "$image" - && [ ! -s "$TMP/out" ] &&
		! err salvage && run 4 "$DUMPFLT" verify "${keys[@]}" "$image" &&
		out 'nothing is made of one that is not whole' && ! out salvage &&
		run 0 "$DUMPFLT" show "$image" && out "$1" && ! out salvage
}

salvage()
{
	area torn && never 'being written, or torn: it is not resumed' &&
		area failed && never 'FAILED: not whole: it is not resumed' && area interrupted && never 'not whole'
}
salvage
result $? 'nothing is salvaged of one that is not whole'

# Both receipts, which are in the last 64 KiB before header B
no_receipt()
{
	tail -c +$((receipts + 1)) "$image" | head -c 65536 | cmp -s - <(head -c 65536 /dev/zero)
}

release()
{
	local end

	for end in complete torn failed; do
		area "$end" && run 0 "$DUMPFLT" release --slot 0 "$image" &&
			out 'released: the image is not resumed any more' && state COLLECTED && no_receipt &&
			run 0 "$DUMPFLT" show "$image" && out 'resumed, or thrown away: it is not resumed any more' &&
			unchanged run 0 "$DUMPFLT" release --slot 0 "$image" && out 'nothing to release' &&
			run 3 "$DUMPFLT" verify --slot 0 "${keys[@]}" "$image" &&
			run 3 "$DUMPFLT" extract --raw --slot 0 "${keys[@]}" --device "$image" - &&
			[ ! -s "$TMP/out" ] && hibernate && state COMPLETE || return 1
	done
	area && unchanged run 0 "$DUMPFLT" release --slot 0 "$image" && out 'nothing to release' &&
		run 1 "$DUMPFLT" release --slot 1 "$image"
}
release
result $? 'a released one is none any more, whole or not, and needs no --force'

release_all()
{
	area complete
	for option in '' --force; do
		unchanged run 1 "$DUMPFLT" release --all ${option:+"$option"} "$image" &&
			err "ERROR: releasing failed on '$image': it is a dump area for hibernation" && state COMPLETE || return 1
	done
}
release_all
result $? 'release --all leaves it alone'

# The header that says so may be lost, and the older one count again: it has no receipt
header_lost()
{
	local at

	for at in 0 $((16777216 - 65536)); do
		area complete && run 0 "$DUMPFLT" release --slot 0 "$image" || return 1
		printf x | dd of="$image" bs=1 seek=$((at + 20000)) conv=notrunc status=none
		! state COMPLETE && run '3|4' "$DUMPFLT" verify --slot 0 "${keys[@]}" "$image" || return 1
	done
}
header_lost
result $? 'with either header lost it stays released'

# A header that cannot be read now may be read by the next boot: the other one, which may be older,
# is no word that there is no image
header_hidden()
{
	local a=0 b=$((16777216 - 65536)) at other

	for at in $a $b; do
		other=$((a + b - at))
		area && cp "$image" "$TMP/older" && hibernate || return 1
		# the kernel writes one of them, and the other one is from before
		dd if="$TMP/older" of="$image" bs=32768 skip=$((other / 32768)) seek=$((other / 32768)) count=1 conv=notrunc status=none
		state COMPLETE && spoil $((at + 20000)) && ! state COMPLETE && run 5 "$DUMPFLT" resume --check "${keys[@]}" "$image" &&
			run 0 "$DUMPFLT" resume --noresume "$image" && run 3 "$DUMPFLT" resume --noresume "$image" || return 1
	done
}
header_hidden
result $? 'with either header lost there may be an image: it is released, and then there is none'

# field BYTES TEXT: of an image's header, with zeros behind it
field()
{
	printf %b "$2" | head -c "$1" | dd bs="$1" conv=sync status=none
}

# of_kernel RELEASE BUILD: an image whose header says so
of_kernel()
{
	area && { field 16 dumpflt-image-2 && field 256 "$1" && field 256 "$2" && cat "$dump"; } >"$TMP/named" &&
		"$BUILD/areagen" "$image" "$TMP/named" "$recipient" "origin=$origin" complete &&
		run 5 "$DUMPFLT" resume --check "${keys[@]}" "$image"
}

other_kernel()
{
	of_kernel 6.0-other '#7 SMP' && err 'it is of another kernel than the one that runs' &&
		err 'The image is of 6.0-other, #7 SMP.' && err "This is $(uname -r), $(uname -v)." || return 1
	# neither an end nor text
	of_kernel "\033[2J$(printf %0300d 0)" '\n#7' && err "The image is of ?[2J$(printf %0252d 0), ?#7." || return 1
	hibernate && run 5 "$DUMPFLT" resume --check "${keys[@]}" "$image" && err 'it is no image of a hibernation' &&
		! err 'The image is of'
}
other_kernel
result $? 'one of another kernel is not resumed, and which one it is is said as text'

# cut AT BYTES: the power goes at that write. The image is there, or it is not: never called
# released while it is, and never half of one
cut()
{
	area complete || return 1
	FAKE_PWRITE="$1 $2 0" run 137 "$DUMPFLT" release --slot 0 "$image"
	if state COMPLETE; then
		run 0 "$DUMPFLT" verify "${keys[@]}" "$image" && whole=$((whole + 1))
	else
		run 4 "$DUMPFLT" verify --slot 0 "${keys[@]}" "$image" && gone=$((gone + 1))
	fi && run 0 "$DUMPFLT" release --slot 0 "$image" && ! state COMPLETE && no_receipt
}

cuts()
{
	local at bytes
	whole=0 gone=0

	for at in 1 2 3; do
		for bytes in 0 512 2048 4095; do
			cut "$at" "$bytes" || return 1
		done
	done
	echo "# after $whole cuts the image is there, after $gone it is not"
	[ "$whole" -gt 0 ] && [ "$gone" -gt 0 ]
}
cuts
result $? 'the power goes while it is released'

errors()
{
	local at

	for at in 1 2 3; do
		area complete && FAKE_PWRITE="$at 0 5" run 1 "$DUMPFLT" release --slot 0 "$image" &&
			err "ERROR: throwing the image away failed on '$image': Input/output error" && [ ! -s "$TMP/out" ] || return 1
	done
	for at in 1 2; do
		area complete && FAKE_FSYNC="$at 28" run 1 "$DUMPFLT" release --slot 0 "$image" &&
			err 'No space left on device' && [ ! -s "$TMP/out" ] || return 1
	done
}
errors
result $? 'a write or a flush fails: nothing is called released'

finish
