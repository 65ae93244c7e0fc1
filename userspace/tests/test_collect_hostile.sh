#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt collect into a folder that somebody else can write to: nothing that stands
# there is believed, and no slot is let go for it.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
folder=$TMP/folder
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"
truncate -s 8M "$image"
mkdir "$folder"
"$DUMPFLT" format --slots 2 "$image" >/dev/null && "$BUILD/areagen" "$image" "$dump" digest || exit 1

collect()
{
	run "$1" "$DUMPFLT" collect "${@:2}" "$image" "$folder"
}

kept()
{
	"$DUMPFLT" show --json "$image" 2>/dev/null | grep -q '"slot":0,"state":"COMPLETE"'
}

# refused WORDS: what is there stays, and so does the slot
refused()
{
	local before

	before=$(find "$folder" -printf '%P %s %i %m %U\n' | sort)
	collect 1 --release && err "$1" && err 'Nothing is overwritten.' && kept &&
		[ "$(find "$folder" -printf '%P %s %i %m %U\n' | sort)" = "$before" ]
}

collect 0 || exit 1
copy=$(echo "$folder"/*.dump)
receipt=$(echo "$folder"/*.json)
cp "$receipt" "$TMP/receipt"
lines=$(wc -l <"$receipt")

# Of each line one character, wherever it says something; that of the digest is found when the
# copy has been read
lying()
{
	local line words tried=0

	for ((line = 1; line <= lines; line++)); do
		awk -v line="$line" 'NR == line && match($0, /[0-9a-zA-Z][^0-9a-zA-Z]*$/) {
			old = substr($0, RSTART, 1)
			$0 = substr($0, 1, RSTART - 1) (old == "1" ? "2" : "1") substr($0, RSTART + 1)
		} 1' "$TMP/receipt" >"$receipt"
		cmp -s "$receipt" "$TMP/receipt" && continue
		tried=$((tried + 1))
		words='is not the receipt of this dump'
		grep -q '"sha256"' < <(sed -n "${line}p" "$receipt") && words='is not the copy of this dump'
		refused "$words" || { echo "line $line: $(sed -n "${line}p" "$receipt")" >>"$TMP/err"; return 1; }
	done
	[ "$tried" -gt 40 ]
}
lying
result $? 'a receipt that differs in one character'

# becomes COMMAND...: what stands in place of the receipt, refused
becomes()
{
	rm -rf "$receipt"
	"$@" && refused 'is not the receipt of this dump'
	local code=$?
	rm -rf "$receipt"
	return $code
}

# alike SED: the text with that change
# shellcheck disable=SC2317 # becomes calls it
alike()
{
	sed -z "$1" "$TMP/receipt" >"$receipt"
}

# A word more for those who read it, other white space, cut, NULs; and what would be read for long
becomes alike 's/}\n$/, "note": "x" }\n/' && becomes alike 's/ /\t/g' && becomes alike 's/\n$//' &&
	becomes alike 's/\n/\x00/g' && becomes truncate -s 1T "$receipt" &&
	becomes mkfifo "$receipt" && becomes ln -s "$TMP/receipt" "$receipt"
result $? 'one that is longer, in other white space, cut, or no file'
cp "$TMP/receipt" "$receipt"

# Who may write to it may change it as soon as the slot is gone
writable()
{
	local file mode

	for file in "$copy" "$receipt"; do
		chmod 600 "$copy" "$receipt"
		for mode in 620 602 666; do
			chmod "$mode" "$file"
			refused 'others than who collects may write to it' || return 1
		done
	done
	chmod 640 "$copy" "$receipt"
	collect 0 && out 'was collected before'
}
writable
result $? 'a file that others may write to; that they may read it is up to its owner'

foreign()
{
	local file

	for file in "$copy" "$receipt"; do
		chown 0 "$copy" "$receipt" && chown 65534 "$file" &&
			refused 'others than who collects may write to it' || return 1
	done
	chown 0 "$copy" "$receipt"
}
if [ "$(id -u)" -eq 0 ]; then
	foreign
	result $? "a file of somebody else's"
else
	result 0 "a file of somebody else's # SKIP only root can make one"
fi

FAKE_OWNER=1 collect 0 && out 'was collected before'
result $? 'where every file is of somebody else, so is what was collected there'

collect 0 --release && ! kept
result $? 'with the right ones the slot is let go'

finish
