#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A slot of which a dump has nothing but the header: every command says so, the next
# dump may take it, and a change of another slot does not take that away.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/target
dump=$TMP/dump
said='got no further than the header: nothing of it is there'
head -c 100000 /dev/urandom >"$dump"

# area WHAT...: of two slots, with dumps that ended so, one after the other
area()
{
	rm -rf "$image" "$TMP/folder"
	mkdir "$TMP/folder"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 2 "$image" >/dev/null || return 1
	for what; do
		"$BUILD/areagen" "$image" "$dump" "$what" || return 1
	done
}

# slot NUMBER WORDS: what 'show' says of it as JSON
slot()
{
	run 0 "$DUMPFLT" show --json "$image" && out "{\"slot\":$1,$2"
}

# In memory nobody has to remember it: the newest header says what is there
forgotten()
{
	run 0 "$DUMPFLT" show --json "$image" && ! grep -q unbegun "$TMP/out" && ! grep -q 'no further' "$TMP/err"
}

shown()
{
	area header && run 0 "$DUMPFLT" show "$image" && err "slot 0 of '$image': dump number 1" && err "$said" &&
		out 'slot 0      EMPTY: free' && out '  unbegun   session 1 of ' && out 'nothing of it is there' &&
		slot 0 '"state":"EMPTY","unbegun":{"number":1,"session":'
}

verified()
{
	area header && run 3 "$DUMPFLT" verify --slot 0 "$image" && err "$said" && out 'the slot is empty' &&
		run 3 "$DUMPFLT" verify --json --slot 0 "$image" && out '"state":"EMPTY",' && out '"unbegun":{"number":1' &&
		run 3 "$DUMPFLT" verify "$image" && err 'there is none that was not collected'
}

released()
{
	area complete header && run 0 "$DUMPFLT" release --slot 1 "$image" && err "$said" && out 'released' && forgotten &&
		slot 1 '"state":"EMPTY"' && slot 0 '"state":"COMPLETE"' &&
		run 0 "$DUMPFLT" release --slot 1 "$image" && out 'nothing to release'
}

# The header that is written for slot 0 goes over the one that knew what is in slot 1
others_released()
{
	area complete header && run 0 "$DUMPFLT" release --slot 0 "$image" && slot 0 '"state":"COLLECTED"' &&
		slot 1 '"state":"EMPTY"' && forgotten || return 1
	area complete header && run 0 "$DUMPFLT" collect --release "$image" "$TMP/folder" &&
		out 'slot 0: collected to' && out 'slot 1: nothing in it; released' && err "$said" &&
		slot 0 '"state":"COLLECTED"' && slot 1 '"state":"EMPTY"' && forgotten &&
		run 0 "$DUMPFLT" collect --release "$image" "$TMP/folder" && out 'nothing to collect'
}

# It is a crash without a dump: who does not let go of it is told each time
collected()
{
	area complete header && cp "$image" "$TMP/before" && run 4 "$DUMPFLT" collect "$image" "$TMP/folder" &&
		err "$said" && out 'slot 1: nothing in it' && cmp "$image" "$TMP/before" &&
		run 0 "$DUMPFLT" collect --release --json "$image" "$TMP/folder" &&
		out '{"slot":1,"state":"STARTED","result":"nothing in it","released":true,' && forgotten
}

# A released dump was in it: it is there, and the next one takes its slot
before()
{
	area complete complete && "$DUMPFLT" release --slot 0 "$image" >/dev/null &&
		"$BUILD/areagen" "$image" "$dump" header && slot 0 '"state":"COLLECTED","unbegun":{"number":3' &&
		run 0 "$DUMPFLT" verify --slot 0 "$image" && out 'slot 0: complete and intact' && err "$said" &&
		run 0 "$DUMPFLT" extract --slot 0 --raw --device "$image" "$TMP/got" && cmp "$TMP/got" "$dump" &&
		"$BUILD/areagen" "$image" "$dump" complete && run 0 "$DUMPFLT" verify --all "$image" &&
		slot 0 '"state":"COMPLETE","number":4'
}

# The kernel takes the slot: so do those who ask in its name
taken()
{
	printf '%s\n' '[stack]' "target = $image" '[dump]' "vmcore = $dump" "makedumpfile = $TESTS/fake_makedumpfile" \
		'log = no' >"$TMP/conf"
	area complete header && run 0 "$DUMPFLT" capture -c "$TMP/conf" --dry-run && err "$said" &&
		run 0 "$DUMPFLT" create crash --target "$image" --area && run 0 "$DUMPFLT" destroy crash &&
		area complete torn && run 1 "$DUMPFLT" create crash --target "$image" --area && err 'all of them hold dumps'
}

# One that may have a chunk keeps its slot
torn()
{
	area complete torn && run 4 "$DUMPFLT" collect --release "$image" "$TMP/folder" && err 'slot 1 is STARTED' &&
		slot 1 '"state":"STARTED"' && forgotten && run 1 "$DUMPFLT" release --slot 1 "$image" && err 'slot 1 is STARTED'
}

shown
result $? 'show says it'
verified
result $? 'verify says it'
released
result $? 'it is released without force, as nothing of it is there'
others_released
result $? 'the release of another slot says what is there of this one'
collected
result $? 'collect says it, and counts it as a crash without a dump'
before
result $? 'what was in the slot before is there, until the next dump'
taken
result $? 'create --area and capture --dry-run take it'
torn
result $? 'a torn dump is none of these'

finish
