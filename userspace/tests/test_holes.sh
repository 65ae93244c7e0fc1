#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt extract --salvage=holes: what is good behind what is not, wherever that is, of a
# plain and of a sealed dump, with and without a receipt; and where the holes are.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
dump=$TMP/dump
file=$TMP/file
unit=65536
# 153 chunks, the last one not full, then the trailer: chunk 153
size=10000000
# its last byte is not zero, so that it can be told from padding
{ head -c $((size - 1)) /dev/urandom && printf '\1'; } >"$dump"
age-keygen -o "$TMP/key" 2>/dev/null
recipient=$(age-keygen -y "$TMP/key")
age-keygen -o "$TMP/other" 2>/dev/null

# area [WORD]...: with one dump, made by areagen with these; kept for later
area()
{
	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 1 "$image" >/dev/null &&
		"$BUILD/areagen" "$image" "$dump" "$@" && cp "$image" "$TMP/good" &&
		chunks=$(("$("$DUMPFLT" show --json "$image" | sed 's/.*"dump_size_max":\([0-9]*\).*/\1/')" / unit + 1))
}

chunk()
{
	echo $((2 * unit + $1 * unit))
}

record()
{
	echo $(((2 + chunks) * unit + $1 * 64))
}

# damage CHUNK...: a byte in the middle of each, of the area as it was made
damage()
{
	local at

	cp "$TMP/good" "$image"
	for at; do
		spoil $(($(chunk "$at") + 32000)) || return 1
	done
}

# expect CHUNK...: the dump, with zeros for these
expect()
{
	local at

	cp "$dump" "$TMP/expected"
	for at; do
		dd if=/dev/zero of="$TMP/expected" bs=$unit seek="$at" count=1 conv=notrunc status=none
	done
	truncate -s "${length:-$size}" "$TMP/expected"
}

# holes CODE [OPTION]...: extract over them, with the key if the dump is sealed
holes()
{
	rm -f "$file"
	run "$1" "$DUMPFLT" extract --device "$image" --salvage=holes --raw "${key[@]}" "${@:2}" "$file"
}

# lists COUNT BYTES "OFFSET BYTES"...: so does the last JSON
lists()
{
	local text='' pair

	for pair in "${@:3}"; do
		text+=${text:+,}"{\"offset\":${pair% *},\"bytes\":${pair#* }}"
	done
	out "\"hole_count\":$1,\"hole_bytes\":$2,\"holes\":[$text]"
}

# without CHUNK...: exactly these are missing, and that is no whole dump
without()
{
	damage "$@" && expect "$@" && holes 0 --json && cmp "$file" "$TMP/expected" >>"$TMP/err" &&
		out "{\"extracted\":\"$file\",\"bytes\":$size,\"whole\":false,\"hole_count\"" &&
		err 'WARNING: slot 0: the dump is not whole: chunk'
}

last=$((152 * unit))
# any MADE: of a dump that is complete
any()
{
	damage && holes 0 --json && cmp -s "$file" "$dump" && lists 0 0 && out '"whole":true' && ! err WARNING
	result $? "$1: no hole in what is whole"
	without 0 && lists 1 $unit "0 $unit"
	result $? "$1: the first chunk"
	without 152 && lists 1 $((size - last)) "$last $((size - last))"
	result $? "$1: the last one, as far as the dump goes"
	without 70 71 && lists 1 $((2 * unit)) "$((70 * unit)) $((2 * unit))"
	result $? "$1: two neighbours are one hole"
	without 0 3 70 71 152 && lists 4 $((4 * unit + size - last)) "0 $unit" "$((3 * unit)) $unit" \
		"$((70 * unit)) $((2 * unit))" "$last $((size - last))"
	result $? "$1: several"
	damage 3 70 71 && holes 0 && err "$((size - 3 * unit)) of $size bytes were salvaged" &&
		err "2 holes, $((3 * unit)) bytes in all" && err "  $unit bytes at byte $((3 * unit))" &&
		err "  $((2 * unit)) bytes at byte $((70 * unit))" && out "extracted: $size bytes to $file" &&
		expect 3 70 71 && run 0 "$DUMPFLT" extract --device "$image" --salvage=holes --raw "${key[@]}" - &&
		cmp -s "$TMP/out" "$TMP/expected"
	result $? "$1: in words, and to standard output"
	# 64 records are in the block, whose first is chunk 64's
	damage && spoil "$(record 64)" 4096 && expect $(seq 64 127) && holes 0 --json &&
		cmp "$file" "$TMP/expected" >>"$TMP/err" && lists 1 $((64 * unit)) "$((64 * unit)) $((64 * unit))"
	result $? "$1: a block of records is one hole, of all its chunks"
	damage 153 && holes 0 --json && cmp -s "$file" "$dump" && lists 0 0 && out '"whole":false' && err 'chunk 153'
	result $? "$1: the trailer is no part of the dump, and still it is not whole"
	damage 3 && rm -f "$file" && run 0 "$DUMPFLT" extract --device "$image" --salvage --raw "${key[@]}" "$file" &&
		cmp -s "$file" <(head -c $((3 * unit)) "$dump") && ! err "$unit bytes at byte" &&
		run 5 "$DUMPFLT" extract --device "$image" --raw "${key[@]}" "$TMP/none" && [ ! -e "$TMP/none" ]
	result $? "$1: --salvage is what comes before it, and without it there is nothing"
}

# Where nobody has said how long the dump was
torn()
{
	damage 0 70 && expect 0 70 && holes 0 --json && cmp "$file" "$TMP/expected" >>"$TMP/err" &&
		lists 2 $((2 * unit)) "0 $unit" "$((70 * unit)) $unit" && err 'the dump is torn'
	result $? "$1: the trailer says how long it is"
	# Its record is there, and nothing tells it from a chunk of the dump
	damage 70 153 && length=$((154 * unit)) expect 70 153 && holes 0 --json &&
		cmp "$file" "$TMP/expected" >>"$TMP/err" && lists 2 $((2 * unit)) "$((70 * unit)) $unit" "$((153 * unit)) $unit" &&
		err 'how long the dump was is not known'
	result $? "$1: nor is there a trailer: as far as there are records"
	damage 70 && spoil "$(record 152)" 128 && length=$last expect 70 && holes 0 --json &&
		cmp "$file" "$TMP/expected" >>"$TMP/err" && lists 1 $unit "$((70 * unit)) $unit"
	result $? "$1: nor a last record: behind those there is nothing"
}

key=()
area && any plain
area digest && any digest
area torn && torn 'plain and torn'
area notrailer && damage 70 && expect 70 && holes 0 --json && cmp "$file" "$TMP/expected" >>"$TMP/err" &&
	lists 1 $unit "$((70 * unit)) $unit"
result $? 'plain, and torn before its trailer: no padding at the end'
area failed && damage 70 && expect 70 && holes 0 --json && cmp "$file" "$TMP/expected" >>"$TMP/err" &&
	lists 1 $unit "$((70 * unit)) $unit" && err 'the dump is FAILED'
result $? 'plain, and FAILED'
area && damage $(seq 0 2 152) && holes 0 && err '77 holes' && [ "$(grep -c ' bytes at byte ' "$TMP/err")" -eq 16 ] &&
	err '  and 61 more' && holes 0 --json && out "\"hole_count\":77,\"hole_bytes\":$((76 * unit + size - last))," &&
	[ "$(grep -o '"offset"' "$TMP/out" | wc -l)" -eq 77 ]
result $? 'many: some are shown, all are in the JSON'
damage $(seq 0 152) && holes 5 && [ ! -e "$file" ] && err 'nothing is left'
result $? 'nothing but a hole is nothing'

area "$recipient"
damage 3 && holes 6 && [ ! -e "$file" ] && err 'it is sealed' && err 'holes cannot be told without it'
result $? 'sealed, without its key: refused'
key=(--identity "$TMP/other")
holes 6 && [ ! -e "$file" ] && err 'none of the keys'
result $? 'nor with another one'
key=(--identity "$TMP/key")
any sealed
# Whoever owns the disk makes a record for what he puts there: the key does not open it
damage && dd if="$image" of="$image" bs=$unit skip=$((2 + 5)) seek=$((2 + 9)) count=1 conv=notrunc status=none &&
	dd if="$image" of="$TMP/record" bs=64 skip=$(($(record 5) / 64)) count=1 status=none &&
	dd if="$TMP/record" of="$image" bs=64 seek=$(($(record 9) / 64)) conv=notrunc status=none &&
	expect 9 && holes 0 --json && cmp "$file" "$TMP/expected" >>"$TMP/err" && lists 1 $unit "$((9 * unit)) $unit"
result $? 'sealed: a chunk that is at the place of another is a hole'
area "$recipient" torn && torn 'sealed and torn'

# What was collected: no records, and the last chunk is the trailer again
area "$recipient" && mkdir "$TMP/copies" && run 0 "$DUMPFLT" collect "$image" "$TMP/copies" &&
	cp "$TMP"/copies/*.age "$TMP/good"
result $? 'an age file is there'
begin=$(($(stat -c %s "$TMP/good") - 154 * (unit + 16)))
chunk()
{
	echo $((begin + $1 * (unit + 16)))
}
damage && holes 0 --json && cmp -s "$file" "$dump" && lists 0 0 && out '"whole":true' && ! err WARNING
result $? 'age file: no hole in what is whole'
# in CHUNK...: these are the holes
in_age()
{
	damage "$@" && expect "$@" && holes 0 --json && cmp "$file" "$TMP/expected" >>"$TMP/err" &&
		out "\"bytes\":$size,\"whole\":false" && err 'WARNING: the dump is not whole: it is damaged: a chunk'
}
in_age 0 && lists 1 $unit "0 $unit" && in_age 152 && lists 1 $((size - last)) "$last $((size - last))" &&
	in_age 3 70 71 && lists 2 $((3 * unit)) "$((3 * unit)) $unit" "$((70 * unit)) $((2 * unit))" &&
	err "$((size - 3 * unit)) of $size bytes were salvaged"
result $? 'age file: the first chunk, the last one, two neighbours'
damage 70 153 && length=$((153 * unit)) && expect 70 && holes 0 --json &&
	cmp -n $size "$file" "$TMP/expected" >>"$TMP/err" && lists 1 $unit "$((70 * unit)) $unit" &&
	err 'how long the dump was is not known' && [ "$(stat -c %s "$file")" -eq $((153 * unit)) ]
result $? 'age file: without its trailer there is padding at the end'
damage 70 152 153 && length=$((153 * unit)) expect 70 152 && holes 0 --json &&
	cmp "$file" "$TMP/expected" >>"$TMP/err" && lists 2 $((2 * unit)) "$((70 * unit)) $unit" "$last $unit"
result $? 'age file: nor one before it'
damage 70 && truncate -s "$(chunk 100)" "$image" && length=$((100 * unit)) expect 70 && holes 0 --json &&
	cmp "$file" "$TMP/expected" >>"$TMP/err" && lists 1 $unit "$((70 * unit)) $unit" && err 'not known'
result $? 'age file: cut behind a chunk'
damage $(seq 0 153) && holes 5 && [ ! -e "$file" ] && err 'nothing is left'
result $? 'age file: nothing but a hole is nothing'
head -c 200000 "$dump" >"$TMP/foreign" && age -r "$recipient" -o "$TMP/good" "$TMP/foreign" &&
	begin=$(($(stat -c %s "$TMP/good") - 200000 - 4 * 16)) && damage 1 && length=200000 expect 1 && holes 0 --json &&
	cmp "$file" "$TMP/expected" >>"$TMP/err" && lists 1 $unit "$unit $unit" && err "$((200000 - unit)) of 200000 bytes"
result $? 'age file: one that is no dump of ours'
chunk()
{
	echo $((2 * unit + $1 * unit))
}

# Of a stream what is behind its lost headers has no place
key=()
unset length
head -c 1300000 /dev/urandom >"$TMP/reference"
{
	head -c 4096 <("$BUILD/flatgen" 1) && number 0 && number 1000000 && head -c 1000000 "$TMP/reference" &&
		number 1000000 && number 300000 && tail -c 300000 "$TMP/reference" && number -1 && number -1
} >"$TMP/stream"
dump=$TMP/stream size=$(stat -c %s "$TMP/stream")
stream()
{
	rm -f "$file"
	run "$1" "$DUMPFLT" extract --device "$image" --salvage=holes "${@:2}" "$file"
}
area && damage 2 17 && cp "$TMP/reference" "$TMP/expected" &&
	dd if=/dev/zero of="$TMP/expected" bs=1 seek=$((2 * unit - 4112)) count=$unit conv=notrunc status=none &&
	dd if=/dev/zero of="$TMP/expected" bs=1 seek=$((17 * unit - 4128)) count=$unit conv=notrunc status=none &&
	stream 0 && cmp "$file" "$TMP/expected" >>"$TMP/err" && err '2 holes' && ! err 'stream'
result $? 'a stream: holes in its data are zeros in the file'
damage 2 15 && stream 0 && truncate -s $((15 * unit - 4112)) "$TMP/expected" &&
	cmp "$file" "$TMP/expected" >>"$TMP/err" && err '2 holes' && err "a header of makedumpfile's stream" &&
	holes 0 && expect 2 15 && cmp "$file" "$TMP/expected" >>"$TMP/err"
result $? 'a stream: behind a header that is lost nothing has a place, but --raw has it'
damage 0 && stream 5 && [ ! -e "$file" ] && err 'nothing is left' && err '--raw gives out'
result $? 'a stream: nor has anything without its beginning'

# What it is not for
usage()
{
	run 2 "$DUMPFLT" extract --device "$image" "${@:2}" "$file" && err "$1"
}
usage "--salvage takes nothing but =holes, not 'all'" --salvage=all && usage "not ''" --salvage= &&
	usage 'the kernel log is not salvaged over holes' --salvage=holes --dmesg &&
	usage 'it may be no stream any more' --salvage=holes --flattened &&
	run 2 "$DUMPFLT" extract --device "$TMP/stream" --salvage=holes "$file" && err 'holds no dump area' &&
	run 2 "$DUMPFLT" extract --device "$image" --raw --json - && err '--json needs standard output'
result $? 'usage'
run 0 "$DUMPFLT" extract --device "$TMP/stream" --json "$file" &&
	[ "$(cat "$TMP/out")" = "{\"extracted\":\"$file\",\"bytes\":1300000,\"whole\":true,\"version\":1}" ]
result $? '--json of any dump'
finish
