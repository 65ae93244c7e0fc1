#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What a dump is found to be has the same exit code in every command: 3 there is none, 4 it was
# never completed, 5 it is damaged, 6 the keys do not open it; and 1 is for all that is not in it.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
export DUMPFLT_PLUGIN=$BUILD/../nbdkit-dumpflt-plugin.so
"$BUILD/flatgen" 3 >"$TMP/stream"
age-keygen -o "$TMP/key" 2>/dev/null
age-keygen -o "$TMP/other" 2>/dev/null
public=$(age-keygen -y "$TMP/key")

# area END...: of a slot for each dump, sealed, which ended so
area()
{
	rm -f "$image"
	truncate -s 16M "$image" && "$DUMPFLT" format --slots 3 --recipient "$public" "$image" >/dev/null 2>&1 || return 1
	for end; do
		"$BUILD/areagen" "$image" "$TMP/stream" "$public" "$end" || return 1
	done
}

# damage [NUMBER]: a byte of a chunk of that slot
damage()
{
	local at

	at=$(grep -abo 'age-encryption.org' "$image" | sed -n "$((${1:-0} + 1))s/:.*//p")
	spoil $((at + 131072))
}

# all CODE [KEY]: of every command that reads a dump of an area; those that need no key are asked for both
all()
{
	local code=$1 key=$TMP/${2:-key} out=$TMP/extracted

	rm -f "$out" "$TMP/ran"
	run "$code" "$DUMPFLT" verify --identity "$key" --slot 0 "$image" &&
		run "$code" "$DUMPFLT" extract --identity "$key" --slot 0 --device "$image" "$out" && [ ! -e "$out" ] &&
		run "$code" "$DUMPFLT" open --identity "$key" --slot 0 "$image" -- touch "$TMP/ran" {} && [ ! -e "$TMP/ran" ] &&
		run "$code" "$DUMPFLT" serve --identity "$key" --slot 0 --socket "$TMP/socket" "$image" && [ ! -e "$TMP/socket" ]
}

collect()
{
	rm -rf "$TMP/folder"
	mkdir "$TMP/folder"
	run "$1" "$DUMPFLT" collect "$image" "$TMP/folder"
}

area && all 3 && collect 0 && run 3 "$DUMPFLT" verify "$image" && run 3 "$DUMPFLT" verify --all "$image" &&
	run 3 "$DUMPFLT" extract --device "$image" "$TMP/extracted"
result $? 'no dump: 3'
area torn && all 4 && collect 4 && run 4 "$DUMPFLT" verify "$image" && area failed && all 4 && collect 4 && run 4 "$DUMPFLT" verify "$image"
result $? 'never completed: 4'
area complete && damage && all 5 && collect 5 && run 5 "$DUMPFLT" verify "$image"
result $? 'damaged: 5'
area complete && all 6 other && collect 0 && run 0 "$DUMPFLT" verify "$image" && run 6 "$DUMPFLT" extract --device "$image" "$TMP/extracted" &&
	run 6 "$DUMPFLT" open "$image" -- true {}
result $? 'no key opens it: 6'
area complete && run 1 "$DUMPFLT" verify --identity "$TMP/none" "$image" && run 1 "$DUMPFLT" verify "$TMP/none" &&
	run 1 "$DUMPFLT" extract --identity "$TMP/key" --device "$image" /nowhere/file && run 1 "$DUMPFLT" collect "$image" "$TMP/none" &&
	run 1 "$DUMPFLT" verify --slot 9 "$image" && run 1 "$DUMPFLT" open --identity "$TMP/key" "$TMP/none" -- true {}
result $? 'what is wrong is not in the dump: 1'

several()
{
	area complete torn && run 4 "$DUMPFLT" verify --all --identity "$TMP/key" "$image" && run 6 "$DUMPFLT" verify --all --identity "$TMP/other" "$image" &&
		collect 4 && damage && run 5 "$DUMPFLT" verify --all "$image" && collect 5 && area torn complete && damage 1 && collect 5 &&
		run 5 "$DUMPFLT" verify --all "$image"
}
several
result $? 'of several dumps the worst'

# What was collected, and what others sealed
copy()
{
	local file copy=$TMP/copy.age

	area complete && collect 0 && file=$(find "$TMP/folder" -name '*.age') && run 6 "$DUMPFLT" verify --identity "$TMP/other" "$file" &&
		run 6 "$DUMPFLT" open --identity "$TMP/other" "$file" -- true {} &&
		run 6 "$DUMPFLT" reseal --identity "$TMP/other" --recipient "$public" "$file" "$TMP/resealed" &&
		run 6 "$DUMPFLT" extract --identity "$TMP/other" --device "$file" "$TMP/extracted" &&
		cp "$file" "$copy" && spoil 100000 1 "$copy" && run 5 "$DUMPFLT" verify --identity "$TMP/key" "$copy" &&
		run 5 "$DUMPFLT" open --identity "$TMP/key" "$copy" -- true {} &&
		run 5 "$DUMPFLT" reseal --identity "$TMP/key" --recipient "$public" "$copy" "$TMP/resealed" && [ ! -e "$TMP/resealed" ] &&
		run 5 "$DUMPFLT" extract --identity "$TMP/key" --device "$copy" "$TMP/extracted" &&
		run 3 "$DUMPFLT" reseal --identity "$TMP/key" --recipient "$public" "$TMP/stream" "$TMP/resealed"
}
copy
result $? 'an age file: the same'

plain()
{
	head -c -16 "$TMP/stream" >"$TMP/cut" && run 4 "$DUMPFLT" extract --device "$TMP/cut" "$TMP/extracted" &&
		run 4 "$DUMPFLT" open "$TMP/cut" -- true {} && head -c 100000 /dev/urandom >"$TMP/random" &&
		run 3 "$DUMPFLT" extract --device "$TMP/random" "$TMP/extracted" && run 3 "$DUMPFLT" open "$TMP/random" -- true {}
}
plain
result $? 'a plain stream: the same'

area complete && run 6 "$DUMPFLT" extract --json --identity "$TMP/other" --device "$image" "$TMP/extracted" && out '"exit":6'
result $? 'JSON has it'

finish
