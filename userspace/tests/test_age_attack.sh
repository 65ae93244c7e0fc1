#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A collected dump that was changed where it is kept: the age file is cut, its
# pieces are moved, bits are flipped. It is not extracted, and no file appears.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
folder=$TMP/folder
key=$TMP/key
file=$TMP/file.age
copy=$TMP/copy
header=184	# with the nonce
piece=$((65536 + 16))
tried=0

mkdir "$folder"
age-keygen -o "$key" 2>/dev/null
truncate -s 16M "$image"
"$DUMPFLT" format "$image" >/dev/null
for i in 1 2; do
	head -c 200000 /dev/urandom >"$TMP/dump$i"
	"$BUILD/areagen" "$image" "$TMP/dump$i" "$(age-keygen -y "$key")" digest
done
"$DUMPFLT" collect "$image" "$folder" >/dev/null
first=$(echo "$folder"/*-1-*.age)
second=$(echo "$folder"/*-2-*.age)

# extract CODE: from $file
extract()
{
	rm -f "$copy"
	run "$1" "$DUMPFLT" extract --identity "$key" --device "$file" --raw "$copy"
}

cp "$first" "$file"
extract 0 && cmp "$copy" "$TMP/dump1"
result $? 'as it was collected it is the dump, without padding and trailer'

# refused: $file is, and leaves nothing behind
refused()
{
	tried=$((tried + 1))
	extract '1|5|6' && [ ! -e "$copy" ] && [ -z "$(compgen -G "$copy.*.partial")" ]
}

# flip OFFSET: a bit of $file, and then the same one back
flip()
{
	local byte

	byte=$(od -An -tu1 -j "$1" -N 1 "$file")
	printf '%b' "\\$(printf '%03o' $((byte ^ 1 << $1 % 8)))" |
		dd of="$file" bs=1 seek="$1" conv=notrunc status=none
}

flipped()
{
	flip "$1" && refused && flip "$1"
}

flips()
{
	local at i offset

	for ((at = 0; at < header; at += 2)); do
		flipped "$at" || return 1
	done
	for i in 0 1 2 3 4; do
		for offset in 0 1 16384 32767 65535 65536 65540 65551; do
			flipped $((header + i * piece + offset)) || return 1
		done
	done
	cmp "$file" "$first"
}
flips
result $? 'a bit of the header, of each chunk, of each tag'

# assemble PIECE...: $file has these: 0 to 4 of the first dump, 5 to 9 of the second
assemble()
{
	local i from

	head -c "$header" "$first" >"$file"
	for i in "$@"; do
		from=$first
		[ "$i" -lt 5 ] || from=$second
		tail -c +$((header + i % 5 * piece + 1)) "$from" | head -c "$piece" >>"$file"
	done
}

pieces()
{
	local order

	assemble 0 1 2 3 4 && cmp "$file" "$first" || return 1
	for order in '1 0 2 3 4' '0 2 1 3 4' '0 1 3 2 4' '0 1 2 4 3' '4 3 2 1 0' '1 2 3 4 0' \
		'0 0 1 2 3 4' '0 1 1 2 3 4' '0 1 2 3 3 4' '0 1 2 3 4 4' '0 0 2 3 4' '0 1 2 2 4' \
		'1 2 3 4' '0 2 3 4' '0 1 3 4' '0 1 2 4' '0 1 2 3' '0 1 2' '0 1' 0 4 '' \
		'5 1 2 3 4' '0 6 2 3 4' '0 1 7 3 4' '0 1 2 8 4' '0 1 2 3 9' '5 6 7 8 9' \
		'0 1 2 3 4 9' '0 1 2 3 8 9'; do
		# shellcheck disable=SC2086 # words are pieces
		assemble $order
		refused || return 1
	done
}
pieces
result $? 'pieces swapped, doubled, dropped, taken from another dump'

cuts()
{
	local size

	for size in 0 1 21 100 $((header - 1)) $((header + 1)) $((header + 16)) \
		$((header + piece - 1)) $((header + piece + 1)) $((header + 4 * piece + 15)) \
		$((header + 4 * piece + 16)) $((header + 5 * piece - 1)); do
		head -c "$size" "$first" >"$file"
		refused || return 1
	done
	{ cat "$first" && printf x; } >"$file"
	refused && { cat "$first" "$first" >"$file"; } && refused
}
cuts
result $? 'cut between pieces and within them, and with something behind it'

echo "# $tried attacks on the file were tried"
finish
