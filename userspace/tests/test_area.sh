#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt show, verify, extract and release on dump areas in image files: what
# is whole, what is damaged and where, and what can be saved of it.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
dump=$TMP/dump
file=$TMP/file
size=300000	# 4 chunks and a bit, then the trailer: chunk 5
unit=65536
# 16 MiB in 3 slots: 84 units each, of which 81 are chunks
slot0=$unit
header_b=$((16777216 - unit))
# its last byte is not zero, so that it can be told from padding
{ head -c $((size - 1)) /dev/urandom && printf '\1'; } >"$dump"

chunk()
{
	echo $((slot0 + unit + $1 * unit))
}

record()
{
	echo $((slot0 + 82 * unit + $1 * 64))
}

# receipt 0|1
receipt()
{
	echo $((slot0 + 83 * unit + $1 * 32768))
}

# make [digest] [changes] [WHAT]: a new area with one dump
make_image()
{
	rm -f "$image"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 3 "$image" >/dev/null && "$BUILD/areagen" "$image" "$dump" "$@"
}

# swap OFFSET OFFSET BYTES
swap()
{
	dd if="$image" of="$TMP/a" bs=1 skip="$1" count="$3" status=none
	dd if="$image" of="$TMP/b" bs=1 skip="$2" count="$3" status=none
	dd if="$TMP/a" of="$image" bs=1 seek="$2" conv=notrunc status=none
	dd if="$TMP/b" of="$image" bs=1 seek="$1" conv=notrunc status=none
}

verify()
{
	run "$1" "$DUMPFLT" verify "${@:2}" "$image"
}

# salvages BYTES: as many, and they are the beginning of the dump
salvages()
{
	rm -f "$file"
	if [ "$1" -eq 0 ]; then
		run 5 "$DUMPFLT" extract --device "$image" --slot 0 --salvage --raw "$file" &&
			[ ! -e "$file" ] && err 'nothing is left'
	else
		run 0 "$DUMPFLT" extract --device "$image" --slot 0 --salvage --raw "$file" &&
			cmp -s "$file" <(head -c "$1" "$dump")
	fi
}

whole()
{
	verify 0 && out "slot 0: complete and intact, $size bytes" && salvages "$size" && rm "$file" &&
		run 0 "$DUMPFLT" extract --device "$image" "$file" && cmp -s "$file" "$dump" &&
		err 'not in makedumpfile' && out "extracted: $size bytes to $file"
}

# damaged BYTES WORDS: verify says so, extract gives nothing, salvage so much
damaged()
{
	rm -f "$file"
	verify '4|5' --slot 0 && out "$2" || return 1
	run '4|5' "$DUMPFLT" extract --device "$image" --slot 0 --raw "$file" && [ ! -e "$file" ] &&
		[ -z "$(compgen -G "$file.*.partial")" ] && salvages "$1"
}

make_image && whole
result $? 'a complete dump'
make_image digest && whole
result $? 'a complete dump with digests'
verify 0 --json && out '"complete":true,"sealed":false,"authentic":false,"checked":"sha256","dump_size":300000' && verify 0 --all &&
	out 'each chunk agrees with its SHA-256' && make_image && verify 0 && out 'each chunk agrees with its CRC-32C' &&
	verify 0 --json && out '"checked":"crc32c"' && make_image digest
result $? 'verify as JSON, and of all slots'
run 0 "$DUMPFLT" show "$image" && out 'slot 0      COMPLETE' && out 'filter    10-digest: 6 writes, 0 errors' &&
	out 'slot 1      EMPTY: free' && run 0 "$DUMPFLT" show --json "$image" && out '"dump_size":300000,"chunks":6'
result $? 'show'
run 0 "$DUMPFLT" extract --device "$image" --raw - && cmp -s "$TMP/out" "$dump"
result $? 'to standard output'

make_image && spoil 20 && verify 0 && err "header A of '$image' cannot be used" && whole
result $? 'header A is damaged'
make_image && spoil $((header_b + 100)) && verify 0 && err "header B of '$image' cannot be used: its checksum is wrong" &&
	whole
result $? 'header B is damaged'
make_image torn && spoil $((header_b + 100)) && verify 3 && err "header B of '$image' cannot be used: its checksum is wrong" &&
	err 'there is none that was not collected'
result $? 'the only header that knows the dump is damaged'
make_image && spoil 100 && spoil $((header_b + 100)) && verify 1 && err 'neither of its two headers can be used' &&
	err 'header A: its checksum is wrong' && err 'header B: its checksum is wrong'
result $? 'both headers are damaged'
make_image && truncate -s 8M "$image" && verify 1 && err 'the area is larger than the device that holds it'
result $? 'an image that was cut'
# cut_copy: what the hint says is done, and gives all of the dump
cut_copy()
{
	make_image && truncate -s 10M "$image" && verify 1 && err "it was cut: 'truncate -s 16777216 $image'" &&
		truncate -s 16777216 "$image" && run 0 "$DUMPFLT" extract --device "$image" --slot 0 --raw --force "$file" &&
		cmp -s "$file" "$dump" && rm "$file"
}
cut_copy
result $? 'the hint for it gives back what is there'

make_image digest && spoil "$slot0" && damaged 0 'its filter metadata is no good: there is none'
result $? 'filter metadata: magic'
make_image digest && spoil $((slot0 + 70)) && damaged 0 'its filter metadata is no good: its checksum is wrong'
result $? 'filter metadata: contents'
make_image && spoil $(($(chunk 2) + 40000)) &&
	damaged 131072 'chunk 2, at byte 131072 of the dump: its bytes are not those of its record'
result $? 'a byte of a chunk'
make_image && spoil "$(chunk 0)" && damaged 0 'chunk 0, at byte 0 of the dump'
result $? 'the first byte'
make_image && spoil $(($(chunk 5) + 100)) && damaged "$size" 'chunk 5, at byte 327680 of the dump'
result $? 'the trailer'
make_image && spoil $(($(record 3) + 1)) &&
	damaged 196608 'chunk 3, at byte 196608 of the dump: its record is missing or damaged'
result $? 'a record'
make_image digest && spoil $(($(record 3) + 20)) && damaged 196608 'chunk 3, at byte 196608 of the dump: its record'
result $? 'a digest in a record'
make_image && swap "$(chunk 1)" "$(chunk 2)" $unit && damaged 65536 'chunk 1, at byte 65536'
result $? 'two chunks swapped'
make_image && swap "$(chunk 1)" "$(chunk 2)" $unit && swap "$(record 1)" "$(record 2)" 64 &&
	damaged 65536 'chunk 1, at byte 65536 of the dump: its record is missing or damaged'
result $? 'two chunks swapped with their records'
make_image && spoil $(($(receipt 0) + 200)) && whole
result $? 'receipt A is damaged'
make_image && spoil "$(receipt 1)" 4096 && whole
result $? 'receipt B is damaged'
make_image && spoil $(($(receipt 0) + 200)) && spoil "$(receipt 1)" &&
	damaged "$size" 'both copies of its receipt are damaged: it was complete or not (A: its checksum is wrong; B: there is none)' &&
	"$DUMPFLT" show "$image" >"$TMP/out" && out 'STARTED: both copies of its receipt are damaged; try ' &&
	out '  receipt   A cannot be used: its checksum is wrong' && out '  receipt   B cannot be used: ' &&
	run 5 "$DUMPFLT" collect "$image" "$TMP" && err 'slot 0 is STARTED, not COMPLETE' && err 'Both copies of its receipt are damaged' &&
	err "'dumpflt extract --salvage' saves what is verified of it"
result $? 'both receipts are damaged'
make_image digest torn && spoil "$(receipt 1)" && damaged "$size" 'the dump is torn: it has no receipt (there is none)' &&
	"$DUMPFLT" show "$image" >"$TMP/out" && out 'STARTED: being written, or torn'
result $? 'one is, and the other one was never written'
make_image digest torn && damaged "$size" 'the dump is torn: it has no receipt (there is none)'
result $? 'torn behind the trailer: the size is known'
make_image notrailer && damaged "$size" 'the dump is torn: it has no receipt (there is none)'
result $? 'torn before the trailer: no padding'
make_image failed && damaged "$size" 'slot 0: FAILED, not complete and intact: the dump is FAILED: made to fail?[31m'
result $? 'failed: the receipt says why, and no terminal is upset by it'
make_image interrupted && damaged "$size" 'the dump is INTERRUPTED'
result $? 'interrupted'

make_image && verify 0 --json && out '"durability":"flush"' && ! out 'it was durable' &&
	"$DUMPFLT" show "$image" >"$TMP/out" && out 'durable   by a flush, which reached the target' &&
	make_image write-through && verify 0 && out "it was durable by its driver's word" && verify 0 --json &&
	out '"durability":"write-through"' && "$DUMPFLT" show --json "$image" >"$TMP/out" &&
	out '"durability":"write-through"' && make_image unknown && verify 0 && ! out 'it was durable' &&
	"$DUMPFLT" show "$image" >"$TMP/out" && out 'an older version wrote it, and did not say'
result $? 'how a dump became durable'

# The receipt of the dump that was there before, in the same slot
old=$TMP/old
make_image && dd if="$image" of="$old" bs=64k skip=84 count=1 status=none &&
	"$DUMPFLT" release --slot 0 "$image" >/dev/null && "$BUILD/areagen" "$image" "$dump" &&
	"$BUILD/areagen" "$image" "$dump" && "$BUILD/areagen" "$image" "$dump" torn &&
	dd if="$old" of="$image" bs=64k seek=84 conv=notrunc status=none &&
	damaged "$size" 'the dump is torn: it has no receipt (it is of another dump)'
result $? 'an old receipt on a new dump'
make_image digest && "$BUILD/areagen" "$image" "$dump" digest && swap "$(record 0)" $(($(record 0) + 84 * unit)) 384 &&
	damaged 0 'chunk 0, at byte 0 of the dump: its record is missing or damaged'
result $? 'records of another dump with the same bytes'

make_image digest changes && verify 0 && out "filter 'change' has changed the data: what is on the disk is intact" &&
	run 1 "$DUMPFLT" extract --device "$image" "$file" && err "filter 'change' has changed the data" && [ ! -e "$file" ]
result $? 'a filter changed the data: verified, not extracted'
LC_ALL=C perl -0777 -pe 's/(.)/~$1/ges' "$dump" >"$TMP/inverted"
run 1 "$DUMPFLT" extract --device "$image" --raw "$file" && err "filter 'change' has changed the data" &&
	[ ! -e "$file" ] && run 0 "$DUMPFLT" extract --device "$image" --raw --as-stored "$file" &&
	err "filter 'change' has changed the data: this is what was made of the dump, not the dump" && cmp -s "$file" "$TMP/inverted"
result $? 'what the filter has made of it, when that is asked for'
rm -f "$file" && spoil "$(chunk 0)" && run 5 "$DUMPFLT" extract --device "$image" --raw --as-stored "$file" && [ ! -e "$file" ]
result $? 'but not if it is damaged'
# Its last 32 KiB are zeros only as the filter has made them so
torn_and_changed()
{
	{ head -c 98304 "$dump" && head -c 32768 /dev/zero | tr '\000' '\377'; } >"$TMP/ones"
	make_image && "$BUILD/areagen" "$image" "$TMP/ones" digest changes notrailer && rm -f "$file"
	"$DUMPFLT" extract --device "$image" --slot 1 --raw --as-stored --salvage "$file" >"$TMP/out" 2>"$TMP/err"
	[ "$(wc -c <"$file")" -eq 131072 ] && tail -c 32768 "$file" | cmp -s - <(head -c 32768 /dev/zero)
}
torn_and_changed
result $? 'salvaged, what the filter has made is not cut where it ends with zeros'
run 2 "$DUMPFLT" extract --device "$image" --as-stored "$file" && err '--as-stored needs --raw'
result $? 'and not without --raw'

age-keygen -o "$TMP/key" 2>/dev/null
key=$(age-keygen -y "$TMP/key")
# opened OPTION...: with the key
opened()
{
	rm -f "$file"
	"$DUMPFLT" extract --device "$image" --identity "$TMP/key" "$@" "$file" >"$TMP/out" 2>"$TMP/err"
}
# What age got is given out, and never as the dump
front_of_age()
{
	make_image "$key" digest changes before && verify 0 && out 'it is sealed: whether it is authentic' &&
		out "filter 'change' has changed the data before 'age' sealed it" &&
		verify 0 --identity "$TMP/key" && out 'complete, authentic and intact' &&
		out "filter 'change' has changed the data before 'age' sealed it: what a key opens is what was made of the dump" &&
		verify 0 --json --identity "$TMP/key" && out '"authentic":true,"checked":"tag","changed_by":["change","age"]' &&
		! opened --raw && err "filter 'change' has changed the data" && err '--raw --as-stored gives out' &&
		[ ! -e "$file" ] && ! opened && [ ! -e "$file" ] &&
		opened --raw --as-stored && err "WARNING: slot 0: filter 'change' has changed the data: this is what" &&
		cmp -s "$file" "$TMP/inverted" && spoil "$(chunk 0)" && ! opened --raw --as-stored && [ ! -e "$file" ]
}
front_of_age
result $? 'a filter in front of age: opened as that one left it, when that is asked for'
# A dump of an older version: age's tags are of what is not there any more
behind_age()
{
	make_image "$key" digest changes && ! opened --raw --as-stored &&
		err "a filter behind 'age' has changed what it sealed" && [ ! -e "$file" ] &&
		run 0 "$DUMPFLT" extract --device "$image" --raw --as-stored "$file" &&
		err "WARNING: slot 0: filters 'age', 'change' have changed the data" && rm "$file"
}
behind_age
result $? 'a filter behind age: all are named'

make_image && run 0 "$DUMPFLT" release --slot 0 "$image" && verify 0 --slot 0 && out 'it was released' &&
	verify 3 && err 'there is none that was not collected' && run 0 "$DUMPFLT" release --slot 0 "$image"
result $? 'released: still there, but not by default'
make_image torn && cp "$image" "$TMP/before" && run 1 "$DUMPFLT" release --slot 0 "$image" &&
	err 'slot 0 is STARTED' && cmp -s "$image" "$TMP/before" && run 0 "$DUMPFLT" release --slot 0 --force "$image" &&
	run 0 "$DUMPFLT" show "$image" && out 'slot 0      COLLECTED'
result $? 'a torn dump is released only by force'
make_image && "$BUILD/areagen" "$image" "$dump" torn && cp "$image" "$TMP/before" &&
	run 1 "$DUMPFLT" release --all "$image" && cmp -s "$image" "$TMP/before"
result $? 'all or none'

"$BUILD/flatgen" 1 >"$TMP/flat"
dump=$TMP/flat
make_image && run 0 "$DUMPFLT" extract --device "$image" "$file" && rm -f "$TMP/plain" &&
	run 0 "$DUMPFLT" extract --device "$TMP/flat" "$TMP/plain" && cmp -s "$file" "$TMP/plain" && rm "$file" &&
	run 0 "$DUMPFLT" extract --device "$image" --flattened "$file" && cmp -s "$file" "$dump"
result $? "makedumpfile's format is undone"
rm -f "$file"
spoil $(($(chunk 3) + 5)) && run 5 "$DUMPFLT" extract --device "$image" "$file" && [ ! -e "$file" ] &&
	run 0 "$DUMPFLT" extract --device "$image" --salvage "$file" && [ -s "$file" ] && err '196608 of '
result $? "and what is left of it salvaged"

finish
