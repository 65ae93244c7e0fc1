#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --json is what Documentation/json.md says: each key that a command prints is in the section of that
# command, each key of the page is one that the sources print, and the other way round; every object
# has the version, and one of a dump says which; and all of it is UTF-8, whatever a path is.
#
# Copyright (C) 2026 the dumpflt authors

# What is called by its name, as objects() does, is reachable
# shellcheck disable=SC2317
# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/capture.sh disable=SC1091
. "$TESTS/capture.sh"

page=$TESTS/../../Documentation/json.md
image=$TMP/image
folder=$TMP/folder
key=$TMP/key
installed age digest
age-keygen -o "$key" 2>/dev/null
to=$(age-keygen -y "$key")
head -c 200000 /dev/urandom >"$TMP/dump"

# section TITLE...: the tables there, with those for all commands
section()
{
	local title

	for title in 'In every object' 'Of a dump' "$@"; do
		awk -v title="## $title" '/^## / { here = $0 == title } here && /^\| /' "$page" | grep . || return 1
	done
}

# keys: of tables, all that is in backquotes
keys()
{
	# shellcheck disable=SC2016 # nothing is to be run
	grep -oE '`[a-z0-9_]+`' | tr -d '`' | sort -u
}

# known TITLE...: what the last command printed is JSON in one line, whose keys are there, and has a version
known()
{
	local file=${printed:-$TMP/out}

	section "$@" | keys >"$TMP/on_page" && iconv -f UTF-8 -t UTF-8 "$file" >"$TMP/utf8" || return 1
	grep -oE '"[a-z0-9_]+":' "$file" | tr -d '":' | sort -u >"$TMP/printed"
	comm -23 "$TMP/printed" "$TMP/on_page" >"$TMP/unknown"
	if [ ! -s "$TMP/printed" ] || [ -s "$TMP/unknown" ]; then
		echo "not in $*: $(paste -sd' ' "$TMP/unknown")" >>"$TMP/err"
		return 1
	fi
	[ -n "${printed:-}" ] || { [ "$(wc -l <"$TMP/out")" -eq 1 ] && grep -qE '"version":1\}\]?$' "$TMP/out"; }
}

# has TITLE TABLE: what known() has seen last has each key of that table of the section that is never absent
has()
{
	awk -F'|' -v title="## $1" -v table="$2" '/^## / { here = $0 == title } here && /^\| key / { n++ }
		here && n == table && /^\| `/ && $4 ~ /^ *$/ { print $2 }' "$page" | keys >"$TMP/never_absent"
	comm -23 "$TMP/never_absent" "$TMP/printed" >"$TMP/missing"
	if [ ! -s "$TMP/never_absent" ] || [ -s "$TMP/missing" ]; then
		echo "table $2 of '$1' promises: $(paste -sd' ' "$TMP/missing")" >>"$TMP/err"
		return 1
	fi
}

# of_dump: which one is said
of_dump()
{
	grep -qE '"uuid":"[0-9a-f]{32}"' "$TMP/out" && grep -qE '"number":[1-9]' "$TMP/out" && grep -qE '"session":"[0-9a-f]{32}"' "$TMP/out"
}

# area [OPTION]... -- [ARGUMENT OF AREAGEN]...: new, with a dump
area()
{
	local options=()

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	rm -rf "$image" "$folder" && mkdir "$folder" && truncate -s 16M "$image" &&
		run 0 "$DUMPFLT" format --json "${options[@]}" "$image" && "$BUILD/areagen" "$image" "$TMP/dump" "${@:2}"
}

changes='show, format, release, erase, repair'
areas()
{
	local table

	area --slots 3 --recipient "$to" -- "$to" && known "$changes" && has "$changes" 1 && run 0 "$DUMPFLT" show --json "$image" && known "$changes" && of_dump &&
		! out '"fingerprint"' || return 1
	for table in 1 2 3 4 5; do
		has "$changes" "$table" || return 1
	done
	truncate -s 16M "$TMP/slept" && run 0 "$DUMPFLT" format --json --hibernation --filter age,origin=dumpflt:m --recipient "$to" "$TMP/slept" &&
		known "$changes" && grep -qE '"fingerprint":"[0-9a-f]{64}"' "$TMP/out" &&
		run 0 "$DUMPFLT" repair --json "$image" && known "$changes" && out '"repaired":null' &&
		run 0 "$DUMPFLT" erase --json --slot 1 "$image" && known "$changes" && out '"erased":[1]' &&
		run 0 "$DUMPFLT" release --json --force --slot 0 "$image" && known "$changes"
}
areas
result $? "$changes"

verified()
{
	area --slots 2 --recipient "$to" -- "$to" && run 0 "$DUMPFLT" verify --json "$image" && known verify && of_dump && has verify 1 && ! has verify 2 &&
		run 0 "$DUMPFLT" verify --json --identity "$key" "$image" && known verify && of_dump && run 0 "$DUMPFLT" collect --json "$image" "$folder" &&
		known collect && of_dump && run 0 "$DUMPFLT" verify --json "$folder"/*.age && known verify && of_dump && has verify 2 &&
		run 0 "$DUMPFLT" show --json "$folder"/*.age && known "$changes" verify && of_dump &&
		run 0 "$DUMPFLT" reseal --json --identity "$key" --recipient "$to" "$folder"/*.age "$TMP/new.age" && known reseal && has reseal 1 || return 1
	printed=$(echo "$folder"/*.json)
	known collect "$changes" && has collect 2 || return 1
	unset printed
	run 0 "$DUMPFLT" verify --json --identity "$key" "$TMP/new.age" && known verify && ! out '"uuid"'
}
verified
result $? 'verify, collect, reseal; and what lies beside a copy'

torn()
{
	area --slots 2 -- torn && run 4 "$DUMPFLT" verify --json "$image" && known verify && of_dump &&
		run 4 "$DUMPFLT" collect --json --salvage "$image" "$folder" && known collect && of_dump || return 1
	printed=$(echo "$folder"/*.json)
	known collect "$changes" && has collect 2 || return 1
	unset printed
	run 4 "$DUMPFLT" verify --json "$folder"/*.part && known verify && run 0 "$DUMPFLT" show --json "$folder"/*.part && known "$changes" verify &&
		run 0 "$DUMPFLT" extract --json --salvage=holes --raw --device "$image" "$TMP/holes" && known extract && has extract 1 && of_dump &&
		run 3 "$DUMPFLT" verify --json --slot 1 "$image" && known verify && ! out '"uuid"' && run 4 "$DUMPFLT" extract --json --device "$image" "$TMP/none" && known
}
torn
result $? 'of what is not whole: verify, collect, extract; and what lies beside a part'

# of_dry_run: the keys that the page has for a good one, and none of a dump
of_dry_run()
{
	out '"ready":true' && out '"area":false' && out '"budget_ms":' && ! grep -qE '"(slot|session_id|device|bytes|ms|log_bytes|durability)":' "$TMP/out"
}
captured()
{
	prepare && capture 0 --json && known capture && has capture 1 && prepare && capture 0 --json --dry-run && known capture && has capture 1 &&
		of_dry_run && rm "$TMP/target" && capture 1 --json --dry-run && known capture && has capture 1 && ! out '"budget_ms"' && prepare &&
		FAKE_MDF=fails && capture 1 --json && known capture && has capture 1 && FAKE_MDF=good &&
		run 0 "$DUMPFLT" create x --target "$TMP/target" --filter trace --json && known 'create, list, status' &&
		run 0 "$DUMPFLT" list --json && known 'create, list, status' && has 'create, list, status' 1 && run 0 "$DUMPFLT" status x --json && known 'create, list, status' &&
		has 'create, list, status' 2 && has 'create, list, status' 3 &&
		run 0 "$DUMPFLT" destroy x && run 1 "$DUMPFLT" resume --json --noresume "$TMP/nothing" && known 'hibernate, resume' && has 'hibernate, resume' 1
}
captured
result $? 'capture, create, list, status, resume'

run 0 "$DUMPFLT" extract --progress=json --device "$FAKE_SAMPLE" "$TMP/file" && head -n 1 "$TMP/err" >"$TMP/out" && known Progress && has Progress 1
result $? 'progress'

# foreign NAME: its bytes are no UTF-8; objects on both outputs and an error are
foreign()
{
	local odd=$TMP/$1 want

	want=$TMP/$2
	area --slots 2 -- complete && mv "$image" "$odd" && run 0 "$DUMPFLT" extract --json --raw --device "$odd" "$odd-out" && known extract &&
		out "\"extracted\":\"$want-out\"" && cmp "$odd-out" "$TMP/dump" && run 1 "$DUMPFLT" show --json "$odd-none" && known && out "$want-none" &&
		mkdir "$odd-in" && run 0 "$DUMPFLT" collect --json "$odd" "$odd-in" && known collect &&
		mv "$odd-in"/*.dump "$odd.dump" && mv "$odd-in"/*.json "$odd.json" && run 1\|0 "$DUMPFLT" verify --json "$odd.dump" && known verify && out "\"file\":\"$want.dump\""
}
replaced=$'\xef\xbf\xbd'
foreign $'\xff\xfe' "$replaced$replaced" && foreign $'a\xc3' "a$replaced" && foreign $'\xed\xa0\x80z' "$replaced$replaced${replaced}z" &&
	foreign $'\xc3\xa9\xf0\x9f\x98\x80' $'\xc3\xa9\xf0\x9f\x98\x80' && foreign $'\xf5\x80\x80\x80' "$replaced$replaced$replaced$replaced" &&
	foreign $'\xc0\xaf' "$replaced$replaced"
result $? 'a path is no UTF-8, and what is printed is'

# What is kept in files of our own, and never printed
own='deploy/(tally|marker|rehearsing)\.c'
sources()
{
	local call='(json_add_[a-z]+|add_disk_text|add_time|add_receipt|json_object_object_add)\( *[a-z_]+, *"[a-z0-9_]+"' file

	while IFS= read -r file; do
		tr '\n\t' '  ' <"$file" | grep -oE "$call"
	done < <(cd "$TESTS/.." && find "$PWD" -name '*.c' | grep -vE "/userspace/(tests|fuzz|build)/|$own")
	grep -hoE '^#define KERNEL_[A-Z_]+[[:space:]]+"[a-z_]+"' "$TESTS/../kernel/kernel.h"
}
sources | grep -oE '"[a-z0-9_]+"' | tr -d '"' | sort -u >"$TMP/source"
grep -vE '^(live|auto)$' "$TMP/source" >"$TMP/must"
grep '^| ' "$page" | keys >"$TMP/on_page"
[ "$(wc -l <"$TMP/must")" -gt 140 ] && comm -23 "$TMP/must" "$TMP/on_page" >"$TMP/err" && [ ! -s "$TMP/err" ]
result $? "all keys of the sources are on the page: $(wc -l <"$TMP/must")"
grep '^| ' "$page" | cut -d'|' -f2 | keys >"$TMP/columns"
[ "$(wc -l <"$TMP/columns")" -gt 130 ] && comm -23 "$TMP/columns" "$TMP/source" >"$TMP/err" && [ ! -s "$TMP/err" ]
result $? "each key of the page is one of the sources: $(wc -l <"$TMP/columns")"

finish
