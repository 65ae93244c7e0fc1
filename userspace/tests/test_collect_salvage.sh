#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt collect --salvage: of a dump that is not COMPLETE, or damaged, what is verified becomes
# a file whose name says so, and which age opens up to its end; no slot is let go for it, and
# nothing that is asked about that file calls it whole.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/collected.sh disable=SC1091
. "$(dirname "$0")/collected.sh"

image=$TMP/image
kept=$TMP/image-kept
folder=$TMP/folder
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"
for name in alice eve; do
	age-keygen -o "$TMP/$name" 2>/dev/null
done
to=$(age-keygen -y "$TMP/alice")

salvage()
{
	run "$1" "$DUMPFLT" collect --salvage "${@:2}" "$image" "$folder"
}

# opens BYTES CODE: of the dump, by age, which ends so; it says nothing about the end otherwise
opens()
{
	local file code

	file=$(find "$folder" -name '*.part.age')
	age -d -i "$TMP/alice" "$file" >"$TMP/opened" 2>/dev/null
	code=$?
	[ "$code" -eq "$2" ] && [ "$(stat -c %s "$TMP/opened")" -ge "$1" ] && cmp -n "$1" "$TMP/opened" "$dump"
}

# never_whole CODE: what verify and extract say of the part, with the key and without
never_whole()
{
	local part key=()

	part=$(find "$folder" -name '*.part' -o -name '*.part.age')
	[[ $part != *.age ]] || key=(--raw --identity "$TMP/alice")
	rm -f "$TMP/extracted"
	run "$1" "$DUMPFLT" verify "$part" && out 'not complete and intact: it is a part of a dump' &&
		run "$1" "$DUMPFLT" verify --json "$part" && out '"complete":false,"intact":false' &&
		run 4 "$DUMPFLT" extract "${key[@]}" --device "$part" "$TMP/extracted" &&
		[ ! -e "$TMP/extracted" ] && err 'by its name it is a part of a dump' || return 1
	[[ $part != *.age ]] || run "$1" "$DUMPFLT" verify --identity "$TMP/alice" "$part"
}

# extracted BYTES: of the part, so many, by --salvage, and padding where no trailer says that it is
extracted()
{
	rm -f "$TMP/extracted"
	run 0 "$DUMPFLT" extract --salvage --raw --identity "$TMP/alice" --device "$folder"/*.part.age "$TMP/extracted" &&
		[ "$(stat -c %s "$TMP/extracted")" -ge "$1" ] && cmp -n "$1" "$TMP/extracted" "$dump"
}

sealed()
{
	local end state bytes code

	while read -r end state bytes code; do
		area "$to digest $end" "$to digest" || return 1
		salvage 4 --release && err "slot 0 is $state, not COMPLETE" && out 'slot 0: not complete; its first ' && out '; not released' &&
			holds '*-1-*.part.age' '*-1-*.part.json' '*-2-*.age' '*-2-*.json' &&
			states "$state" COLLECTED EMPTY EMPTY || return 1
		rm "$folder"/*-2-*
		grep -q '"complete": false,' "$folder"/*.json && grep -q "\"state\": \"$state\"," "$folder"/*.json &&
			grep -qF "\"sha256\": \"$(sha256sum <"$(echo "$folder"/*.age)" | cut -d' ' -f1)\"" "$folder"/*.json &&
			[ "$(stat -c %a "$folder"/*.age "$folder"/*.json | sort -u)" = 600 ] &&
			opens "$bytes" "$code" && extracted "$bytes" && never_whole 4 || return 1
	done <<-END
		torn STARTED 200000 0
		notrailer STARTED 200000 1
		failed FAILED 200000 0
		interrupted INTERRUPTED 200000 0
	END
	grep -q '"receipt_base64": "' "$folder"/*.json
}
sealed
result $? 'torn, failed and interrupted: sealed parts, the slots stay, age and extract open them'

plain()
{
	area 'digest notrailer' && salvage 4 --release && holds '*-1-*.part' '*-1-*.part.json' &&
		cmp "$folder"/*.part "$dump" && never_whole 4 && states STARTED EMPTY EMPTY EMPTY &&
		area 'digest failed' && salvage 4 && cmp "$folder"/*.part "$dump" && never_whole 4
}
plain
result $? 'what is not sealed is a part of the dump as it is'

as_json()
{
	area "$to digest torn" "$to digest" && salvage 4 --json && [ "$(wc -l <"$TMP/out")" -eq 1 ] &&
		out '{"slot":0,"state":"STARTED","result":"salvaged","released":false,"file":"' && out '"verified_bytes":327680,"problem":"the dump is torn' &&
		out '[{"slot":1,"state":"COMPLETE","result":"collected"' && salvage 4 --json && out '"result":"salvaged"'
}
as_json
result $? 'as JSON'

# A chunk of a COMPLETE dump: what is before it
damaged()
{
	area "$to digest" "$to digest" && spoil $((65536 + 65536 + 65536 + 17)) && salvage 5 --release &&
		err 'slot 0: chunk 1, at byte 65536 of the dump' && out 'its first 65536 bytes are salvaged' &&
		states COMPLETE COLLECTED EMPTY EMPTY && holds '*-1-*.part.age' '*-1-*.part.json' '*-2-*.age' '*-2-*.json' || return 1
	rm "$folder"/*-2-*
	grep -q '"damaged": true,' "$folder"/*.json && opens 65536 1 && extracted 65536 && never_whole 5 &&
		run 0 "$DUMPFLT" show "$folder"/*.part.age && out 'part        of a dump that is damaged: chunk 1' &&
		area "$to contradicted" && salvage 5 --release && grep -q '"other_receipt_base64": "' "$folder"/*.part.json && never_whole 5
}
damaged
result $? 'damaged: what is before that, exit code 5'

nothing()
{
	area "$to digest" && spoil $((65536 + 65536 + 17)) && salvage 5 && err 'Nothing of it was salvaged: chunk 0' && err "'dd if=$image of=FILE" && holds &&
		area "$to digest torn" && spoil $((65536 + 65536 + 17)) && salvage 4 --json && out '"result":"not complete","released":false,"verified_bytes":0' && holds &&
		area 'digest changes torn' && salvage 4 --json && err "filter 'change' has changed the data, and only what 'age' seals is a file" && out '"result":"not complete"' && out '"problem":"a filter other than age has changed it"' && holds &&
		area "$to header" && salvage 0 --release && holds
}
nothing
result $? 'nothing is verified, or it is of no use: no file'

# A policy that the dump has not passed: what is on the disk may be somebody else's
doubtful()
{
	area && "$DUMPFLT" format --force --slots 4 --recipient "$to" "$image" >/dev/null 2>&1 &&
		"$BUILD/areagen" "$image" "$dump" digest torn && salvage 4 && err 'Nothing of it was salvaged: not sealed as promised' && holds
}
doubtful
result $? 'what may not be the dump is not given out'

# part: of a dump without its end, in $part and $beside
part()
{
	area "$to digest notrailer" && salvage 4 || return 1
	part=$(echo "$folder"/*.part.age)
	beside=${part%.age}.json
}

verify()
{
	run "$1" "$DUMPFLT" verify "${@:2}" "$part"
}

changed()
{
	local at

	for at in 10 170 70000 250000; do
		part && spoil "$at" 1 "$part" && verify 5 && verify '5|6' --identity "$TMP/alice" || return 1
	done
	for at in 65000 65736 131288 262391; do
		part && truncate -s "$at" "$part" && verify 5 && verify 5 --identity "$TMP/alice" || return 1
	done
	part && rm "$beside" && verify 4 && out 'as its name says' && verify 4 --identity "$TMP/alice" &&
		truncate -s 131288 "$part" && verify 4 --identity "$TMP/alice" && out 'its first 131072 bytes are authentic' &&
		part && sed -i 's/"sha256": "...../"sha256": "00000/' "$beside" && verify 5 && : >"$beside" && verify 4 && out 'not complete' &&
		part && verify 6 --identity "$TMP/eve" && out 'none of the keys can open it'
}
changed
result $? 'a part that was changed or cut since, or has nothing beside it'

# reader CODE OUT: the part for another reader
reader()
{
	rm -f "$2" && run "$1" "$DUMPFLT" reseal --identity "$TMP/alice" --recipient "$to" "$part" "$2"
}

# For another reader it stays a part, and what extract gives out of it is not whole
resealed()
{
	area "$to digest torn" && salvage 4 && part=$(echo "$folder"/*.part.age) && reader 4 "$TMP/y.age" && err "it is a part of a dump, and OUT is not called so" || return 1
	[ ! -e "$TMP/y.age" ] && reader 4 "$TMP/y.part" && reader 0 "$TMP/y.part.age" && age -d -i "$TMP/alice" "$TMP/y.part.age" | cmp -n 200000 - "$dump" &&
		run 0 "$DUMPFLT" extract --json --salvage --raw --identity "$TMP/alice" --device "$part" "$TMP/y" && out '"whole":false' && err 'is a part of a dump that was not complete' &&
		rm "$TMP/y" || return 1
	mv "$part" "$folder/x.age" && mv "$folder"/*.part.json "$folder/x.json" && part=$folder/x.age && reader 4 "$TMP/y.age" &&
		run 0 "$DUMPFLT" extract --json --raw --identity "$TMP/alice" --device "$part" "$TMP/y" && out '"whole":false' && err 'is a part of a dump'
}
resealed
result $? 'reseal keeps the word in the name, extract calls no part whole'

# Whoever takes the word out of the name has the .json yet, and an end that is missing
renamed()
{
	part && mv "$part" "$folder/x.age" && part=$folder/x.age && verify 6 && verify 5 --identity "$TMP/alice" &&
		mv "$beside" "$folder/x.json" && verify 4 && verify 4 --identity "$TMP/alice" &&
		area 'digest torn' && salvage 4 && part=$(echo "$folder"/*.part) && verify 4 --identity "$TMP/alice" && rm "$folder"/*.json && verify 4 &&
		cp "$image" "$TMP/area.part" && run 4 "$DUMPFLT" verify "$TMP/area.part" && out 'slot 0'
}
renamed
result $? 'another name, and no .json: never whole; an area of that name is an area'

again()
{
	area "$to digest torn" "digest failed" && salvage 4 || return 1
	find "$folder" -mindepth 1 -printf '%P %s %T@ %i\n' | sort >"$TMP/before"
	salvage 4 --release && out 'slot 0: not complete; its first 327680 bytes were salvaged before, to ' && out 'slot 1: not complete' &&
		find "$folder" -mindepth 1 -printf '%P %s %T@ %i\n' | sort | cmp - "$TMP/before" && states STARTED FAILED EMPTY EMPTY &&
		spoil 70000 1 "$(echo "$folder"/*.part.age)" && salvage 4 && err 'it is there, and is not the copy of this dump' &&
		rm "$folder"/* && run 0 "$DUMPFLT" release --force --slot 0 "$image" && salvage 4 && holds '*-2-*.part' '*-2-*.part.json' &&
		salvage 4 --all && holds '*-1-*.part.age' '*-1-*.part.json' '*-2-*.part' '*-2-*.part.json'
}
again
result $? 'again; what is in the way stays; --all'

whole_later()
{
	holds '*.part.age' '*.part.json' && opens 200000 1 && states STARTED EMPTY EMPTY EMPTY &&
		grep -qF "\"sha256\": \"$(sha256sum <"$(echo "$folder"/*.part.age)" | cut -d' ' -f1)\"" "$folder"/*.json
}

# The slot reads differently by now: what was salvaged before stays, and is no reason to fail
rotten()
{
	local chunk

	area "$to digest torn" && salvage 4 && cp "$folder"/*.part.age "$TMP/part.age" && cp "$folder"/*.json "$TMP/part.json" || return 1
	for chunk in 1 0; do
		spoil $((65536 + 65536 + chunk * 65536 + 17)) 4 && salvage 4 && out 'its first 327680 bytes were salvaged before, to ' && ! err 'it is there' &&
			cmp "$folder"/*.part.age "$TMP/part.age" && cmp "$folder"/*.json "$TMP/part.json" || return 1
	done
	spoil 70000 1 "$folder"/*.part.age && salvage 4 --json && out '"result":"not complete"' && cp "$TMP/part.age" "$folder"/*.part.age &&
		sed -i 's/"session": "./"session": "f/' "$folder"/*.json && salvage 4 && ! out 'salvaged before' && states STARTED EMPTY EMPTY EMPTY || return 1
	# one that was COMPLETE; it reads better again
	area "$to digest" && cp "$image" "$kept" && spoil $((65536 + 65536 + 65536 + 17)) && salvage 5 && cp "$folder"/*.part.age "$TMP/part.age" &&
		cp "$kept" "$image" && spoil $((65536 + 65536 + 131072 + 17)) && salvage 5 --release &&
		err "slot 0 of '$image': 131072 bytes of it are verified by now, and the part that is there has 65536: it stays as it is" && out 'its first 65536 bytes were salvaged before' &&
		cmp "$folder"/*.part.age "$TMP/part.age" && salvage 5 --json && out '"verified_bytes":65536,"problem":"chunk 1' &&
		rm "$folder"/* && salvage 5 && out 'its first 131072 bytes are salvaged' && cp "$kept" "$image" && salvage 0 --release && states COLLECTED EMPTY EMPTY EMPTY
}
rotten
result $? 'the slot reads differently by now: the part that is there stays'

# fresh: the area that was kept, and an empty folder
fresh()
{
	rm -rf "$folder"
	mkdir "$folder"
	cp "$kept" "$image"
}

# Killed before or after any step, or the disk is full: the next run completes it
cuts()
{
	local step total writes

	area "$to digest notrailer" && cp "$image" "$kept" && rm -f "$TMP/disk" && FAKE_DISK_LOG=$TMP/disk salvage 4 --release && whole_later || return 1
	total=$(wc -l <"$TMP/disk")
	writes=$(grep -c '^pwrite' "$TMP/disk")
	for ((step = 1; step <= total; step++)); do
		fresh
		FAKE_CUT=$step salvage 137 --release && states STARTED EMPTY EMPTY EMPTY && salvage 4 --release && whole_later || return 1
	done
	for ((step = 1; step <= writes; step++)); do
		fresh
		FAKE_PWRITE="$step 100 28" salvage 4 --release --json && out '"result":"failed"' && err 'No space left on device' && [ -z "$(find "$folder" -name '*.partial')" ] &&
			states STARTED EMPTY EMPTY EMPTY && salvage 4 && whole_later || return 1
	done
	[ "$total" -gt 12 ]
}
cuts
result $? 'killed at any step, or the disk is full: the next run completes it, the slot stays'

# Each part is in the folder of its dump, with a summary, and goes with no dump that is older
configured()
{
	local conf=$TMP/dumpflt.conf root=$TMP/root

	area "$to digest notrailer" "$to digest" "digest torn" && spoil $((65536 + 65536 + 17)) || return 1
	mkdir -p "$root/crash"
	configure()
	{
		printf '[area]\ntarget = %s\n[collect]\ndir = /crash\nkeep = 1\n%s\n' /image "$1" >"$conf"
	}
	mv "$image" "$root/image" && image=$root/image && folder=$root/crash
	export DUMPFLT_ROOT=$root
	configure 'salvage = maybe' && run 1 "$DUMPFLT" collect --config="$conf" && err "'maybe' is no value for salvage: yes and no are" &&
		configure 'salvage = no' && run 4 "$DUMPFLT" collect --config="$conf" && [ -z "$(find "$folder" -name '*.part*')" ] &&
		configure 'salvage = yes' && run 4 "$DUMPFLT" collect --config="$conf" && states STARTED COLLECTED STARTED EMPTY &&
		[ "$(find "$folder" -name '*.part.age' | wc -l)" -eq 0 ] && [ "$(find "$folder" -name '*-3-*.part' | wc -l)" -eq 1 ] &&
		[ "$(find "$folder" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ] &&
		grep -q 'NOT complete' "$folder"/*/summary.part.txt && grep -q '^dump     its first 200000 bytes$' "$folder"/*/summary.part.txt &&
		"$BUILD/areagen" "$image" "$dump" "$to" && run 4 "$DUMPFLT" collect --config="$conf" && states STARTED COLLECTED STARTED COLLECTED &&
		[ "$(find "$folder" -name '*.age' | wc -l)" -eq 1 ] && [ "$(find "$folder" -name '*-3-*.part' | wc -l)" -eq 1 ]
}
configured
result $? 'as the service does it: salvage in dumpflt.conf; keep counts no part'

# A part that cannot be made is said, and no reason to fail: what is old goes, nothing empty stays
no_part()
{
	local conf=$TMP/dumpflt.conf image=$TMP/image folder=$TMP/folder back writes

	unset DUMPFLT_ROOT
	area "$to digest" 'digest changes torn' && printf '[area]\ntarget = %s\n[collect]\ndir = %s\nkeep = 1\nsalvage = yes\n' "$image" "$folder" >"$conf" &&
		run 4 "$DUMPFLT" collect --config="$conf" && states COLLECTED STARTED EMPTY EMPTY && holds '*Z-*-1-*' '*-1-*.age' '*-1-*.json' summary.txt &&
		"$BUILD/areagen" "$image" "$dump" "$to" && run 4 "$DUMPFLT" collect --config="$conf" && holds '*Z-*-3-*' '*-3-*.age' '*-3-*.json' summary.txt || return 1
	# the disk is full just then
	area "$to digest" && run 0 "$DUMPFLT" collect --config="$conf" && "$BUILD/areagen" "$image" "$dump" "$to" &&
		"$BUILD/areagen" "$image" "$dump" digest torn && cp "$image" "$kept" && cp -a "$folder" "$TMP/folder-kept" && rm -f "$TMP/disk" &&
		FAKE_DISK_LOG=$TMP/disk run 4 "$DUMPFLT" collect --config="$conf" && holds '*Z-*-2-*' '*-2-*.age' '*-2-*.json' summary.txt \
		'*Z-*-3-*' '*-3-*.part' '*-3-*.part.json' summary.part.txt || return 1
	writes=$(grep -c '^pwrite' "$TMP/disk")
	for back in 0 1 2; do
		rm -rf "$folder" && cp -a "$TMP/folder-kept" "$folder" && cp "$kept" "$image" &&
			FAKE_PWRITE="$((writes - back)) 100 28" run 4 "$DUMPFLT" collect --config="$conf" && err 'No space left on device' &&
			states COLLECTED COLLECTED STARTED EMPTY && [ "$(find "$folder" -name '*-1-*' | wc -l)" -eq 0 ] && [ "$(find "$folder" -name '*-2-*.age' | wc -l)" -eq 1 ] || return 1
	done
	[ "$(find "$folder" -name '*-3-*' | wc -l)" -eq 0 ]
}
no_part
result $? 'a part that fails: exit code 4, keep, no empty folder'

# removed_first FILES: and the folder they are in, before the last folder was made
removed_first()
{
	[ "$(head -n "$(grep -n '^mkdir' "$TMP/disk" | tail -n 1 | cut -d: -f1)" "$TMP/disk" | grep -c '^unlink')" -gt "$1" ]
}

# In front of a whole dump: that is kept first, and what is old is removed, before the part has its folder
last()
{
	local conf=$TMP/dumpflt.conf image=$TMP/image folder=$TMP/folder

	area "$to digest" && run 0 "$DUMPFLT" collect --config="$conf" && "$BUILD/areagen" "$image" "$dump" digest torn &&
		"$BUILD/areagen" "$image" "$dump" "$to" && rm "$TMP/disk" && FAKE_DISK_LOG=$TMP/disk run 4 "$DUMPFLT" collect --config="$conf" &&
		holds '*Z-*-3-*' '*-3-*.age' '*-3-*.json' summary.txt '*Z-*-2-*' '*-2-*.part' '*-2-*.part.json' summary.part.txt &&
		[ "$(cut -d: -f1 "$TMP/out" | tr '\n' ' ')" = 'slot 2 slot 1 ' ] && removed_first 3
}
last
result $? 'parts come last, behind whole dumps and the removing of old ones'

finish
