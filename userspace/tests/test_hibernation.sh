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
installed trace digest

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
	"$DUMPFLT" format --hibernation "$image" >/dev/null || return 1
	[ "$#" -eq 0 ] || "$BUILD/areagen" "$image" "$dump" "$1"
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
	sed "s,$TMP,TMP,g; s,[0-9a-f]\{32\},ID,; s,20[0-9-]*T[0-9:]*Z,TIME,; s,\(ended  *\).*,\1TIME," "$TMP/out" |
		diff -u <(sed '1,/^# Copyright/d' "$TESTS/golden/$1") - >&2
}

made()
{
	blank
	run 0 "$DUMPFLT" format --hibernation "$image" && golden show-hibernation && area complete &&
		run 0 "$DUMPFLT" show "$image" && out 'slot 0      COMPLETE: an image to resume, once' &&
		run 0 "$DUMPFLT" show --json "$image" && out '"overwrite":true,"type":"hibernation",' &&
		run 0 "$DUMPFLT" verify "$image" && out 'it is a hibernation image' &&
		run 0 "$DUMPFLT" verify --json "$image" && out '"type":"hibernation"'
}
made
result $? 'format makes it; show and verify name it'

one_slot()
{
	blank
	unchanged run 2 "$DUMPFLT" format --hibernation --slots 2 "$image" &&
		err 'ERROR: format: --hibernation: there is one slot, for one image, not 2' &&
		run 0 "$DUMPFLT" format --hibernation --slots 1 --overwrite "$image" && out 'type        hibernation'
}
one_slot
result $? 'it has one slot'

# The next image is never without a place
overwritten()
{
	local end

	for end in complete torn failed; do
		area "$end" && "$BUILD/areagen" "$image" "$dump" && state COMPLETE || return 1
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
		run 0 "$DUMPFLT" extract --raw --device "$image" - && cmp -s "$TMP/out" "$dump"
}
extract
result $? 'extract gives it out with --raw alone'

# never WORDS: not even a bit of it, and nobody advises to
never()
{
	run 1 "$DUMPFLT" extract --salvage --device "$image" "$TMP/new" && err 'of which nothing is salvaged' &&
		run 1 "$DUMPFLT" extract --salvage --raw --device "$image" - && err 'of which nothing is salvaged' &&
		[ ! -s "$TMP/out" ] && run 1 "$DUMPFLT" extract --raw --device "$image" - && [ ! -s "$TMP/out" ] &&
		! err salvage && run 1 "$DUMPFLT" verify "$image" &&
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
			run 1 "$DUMPFLT" verify --slot 0 "$image" && run 1 "$DUMPFLT" extract --raw --slot 0 --device "$image" - &&
			[ ! -s "$TMP/out" ] && "$BUILD/areagen" "$image" "$dump" && state COMPLETE || return 1
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
		! state COMPLETE && run 1 "$DUMPFLT" verify --slot 0 "$image" || return 1
	done
}
header_lost
result $? 'with either header lost it stays released'

# cut AT BYTES: the power goes at that write. The image is there, or it is not: never called
# released while it is, and never half of one
cut()
{
	area complete || return 1
	FAKE_PWRITE="$1 $2 0" run 137 "$DUMPFLT" release --slot 0 "$image"
	if state COMPLETE; then
		run 0 "$DUMPFLT" verify "$image" && whole=$((whole + 1))
	else
		run 1 "$DUMPFLT" verify --slot 0 "$image" && gone=$((gone + 1))
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
