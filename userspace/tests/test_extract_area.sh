#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt extract of dump areas: which slot, in which form, how much of it; and
# what the other commands say to people about an area that is not as it was.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
file=$TMP/file
unit=65536
"$BUILD/flatgen" 1 >"$TMP/flat"
flat_size=$(stat -c %s "$TMP/flat")
run 0 "$DUMPFLT" extract --device "$TMP/flat" "$TMP/reference"
head -c 100000 /dev/urandom >"$TMP/one"
head -c 200000 /dev/urandom >"$TMP/two"

# 3 slots of 84 units in 16 MiB
area()
{
	rm -f "$image" "$file"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 3 "$@" "$image" >/dev/null
}

put()
{
	"$BUILD/areagen" "$image" "$@"
}

# chunk SLOT N, receipt SLOT 0|1
chunk()
{
	echo $((unit * (2 + $1 * 84 + $2)))
}

receipt()
{
	echo $((unit * (84 + $1 * 84) + $2 * 32768))
}

extract()
{
	rm -f "$file"
	run "$1" "$DUMPFLT" extract --device "$image" "${@:2}" "$file"
}

no_file()
{
	[ ! -e "$file" ] && [ -z "$(compgen -G "$file.*.partial")" ]
}

# Which slot
area && put "$TMP/one" && put "$TMP/two" && extract 0 --raw && cmp -s "$file" "$TMP/two" &&
	err 'slot 1: dump number 2, started 2026-' && ! err WARNING
result $? 'the newest dump, and which it is'
area && put "$TMP/one" && put "$TMP/two" contradicted && extract 0 --raw && cmp -s "$file" "$TMP/one" &&
	err 'slot 0: dump number 1' && err 'WARNING: slot 1 holds a newer dump, which is not complete' &&
	extract 5 --raw --slot 1 && no_file && err 'its two receipts contradict each other' &&
	extract 0 --raw --salvage --slot 1 && cmp -s "$file" "$TMP/two"
result $? 'one whose two receipts contradict each other is not COMPLETE'
area && put "$TMP/one" && put "$TMP/two" torn && extract 0 --raw && cmp -s "$file" "$TMP/one" &&
	err 'slot 0: dump number 1' && err 'WARNING: slot 1 holds a newer dump, which is not complete'
result $? 'the newest that is COMPLETE, and that there is a newer one'
extract 0 --raw --salvage && cmp -s "$file" "$TMP/two" && err 'slot 1: dump number 2'
result $? 'to salvage, the newest of all'
extract 4 --raw --slot 1 && no_file && err 'the dump is torn' && err '200000 bytes are verified'
result $? 'a slot that was asked for is the one'
extract 3 --raw --slot 2 && no_file && err 'slot 2: the slot is empty' && ! err 'bytes are verified'
result $? 'an empty slot'
extract 1 --raw --slot 3 && no_file && err 'there is no slot 3: it has 0 to 2'
result $? 'no such slot'
run 0 "$DUMPFLT" release --slot 0 "$image" && extract 4 --raw && no_file &&
	err 'slot 1: dump number 2' && err 'the dump is torn' &&
	extract 0 --raw --slot 0 && cmp -s "$file" "$TMP/one"
result $? 'what was collected is taken only if it was asked for'
area && extract 3 && no_file && err 'there is none that was not collected'
result $? 'no dump'

# In which form
cut_flat()
{
	area && put "$TMP/flat" && spoil "$(chunk 0 3)" && extract 0 --salvage &&
		err "196608 of $flat_size bytes were salvaged" && err 'stream was cut' || return 1
	# as far as the stream went, to the byte
	[ "$(stat -c %s "$file")" -lt "$(stat -c %s "$TMP/reference")" ] &&
		cmp -s -n "$(stat -c %s "$file")" "$file" "$TMP/reference" &&
		out "extracted: $(stat -c %s "$file") bytes to $file"
}
cut_flat
result $? 'a stream that was cut: no zeros in place of what is missing'
extract 0 --salvage --flattened && cmp -s "$file" <(head -c 196608 "$TMP/flat")
result $? 'the same, flattened'
extract 0 --salvage --raw && cmp -s "$file" <(head -c 196608 "$TMP/flat")
result $? 'the same, raw'
run 0 "$DUMPFLT" extract --device "$image" --salvage --raw - && cmp -s "$TMP/out" <(head -c 196608 "$TMP/flat")
result $? 'the same, to standard output'
area && put "$TMP/one" torn && run 0 "$DUMPFLT" extract --device "$image" --salvage --raw - &&
	cmp -s "$TMP/out" "$TMP/one"
result $? 'to standard output: not a byte of the padding'
area && put "$TMP/one" && extract 0 --salvage --raw && cmp -s "$file" "$TMP/one" && ! err WARNING
result $? 'nothing to salvage: the dump'
head -c -16 "$TMP/flat" >"$TMP/endless"
area && put "$TMP/endless" && extract 4 && no_file && err 'has no end marker' && err 'Use --raw' &&
	extract 0 --raw && cmp -s "$file" "$TMP/endless"
result $? 'a whole dump without an end marker'
{ head -c 4096 "$TMP/flat" && head -c 50000 /dev/zero | tr '\0' '\377'; } >"$TMP/garbled"
area && put "$TMP/garbled" && extract 5 && no_file && err 'end marker before any data, at byte 4096' &&
	err 'The dump was written like that. Use --raw'
result $? 'a whole dump that is no stream behind its header'
area && put "$TMP/one" && extract 1 --flattened && no_file && err "it is not in makedumpfile's flattened format"
result $? '--flattened of what is not'
: >"$TMP/empty"
area && put "$TMP/empty" && extract 0 --raw && [ -e "$file" ] && [ ! -s "$file" ]
result $? 'an empty dump'

# A plain dump on what was an area
plain()
{
	area && dd if="$TMP/flat" of="$image" conv=notrunc status=none &&
		extract 0 && cmp -s "$file" "$TMP/reference" &&
		err "WARNING: '$image' begins with a plain dump and ends with the header of a dump area" &&
		extract 3 --slot 0 && err 'slot 0: the slot is empty'
}
plain
result $? 'a plain dump over an old area'

# It has passed none of the filters that the area promises: somebody has put it there
planted()
{
	area --filter digest && put "$TMP/one" digest && dd if="$TMP/flat" of="$image" bs=4096 count=1 conv=notrunc status=none &&
		extract 1 && no_file && err "ERROR: looking for the dump failed on '$image': it begins with a plain dump, and" &&
		err 'whose policy demands filters' && err '--slot extracts from the area'
}
planted
result $? 'an area with a policy: no plain dump is taken from its beginning'
# What the area promised, nobody can read any more: any byte of its last header will do
planted_before_damage()
{
	local at

	area --filter digest && put "$TMP/one" digest && dd if="$TMP/flat" of="$image" bs=4096 count=1 conv=notrunc status=none &&
		cp "$image" "$TMP/planted" || return 1
	for at in 0 3 7 8 16 100 600 17408 32767; do
		if ! cp "$TMP/planted" "$image" || ! spoil $((256 * unit - unit + at)) || ! extract 1 || ! no_file ||
			! err "it begins with a plain dump, and ends with the damaged header of a dump area"; then
			echo "# byte $at"
			return 1
		fi
	done
	cp "$TMP/planted" "$image"
}
planted_before_damage
result $? 'nor is it, if that header is damaged'
still_in_slot()
{
	extract 0 --slot 0 --raw && cmp -s "$file" "$TMP/one" &&
		dd if="$TMP/flat" of="$image" conv=notrunc status=none && extract 1 && no_file &&
		truncate -s "-$unit" "$image" && extract 0 && cmp -s "$file" "$TMP/reference"
}
still_in_slot
result $? 'the dump in its slot can be had; without the last header it is a plain dump'
area && spoil 0 20 && spoil $((256 * unit - unit + 100)) && extract 1 && no_file &&
	err 'neither of its two headers can be used' && err 'header A: there is no header of a dump area' &&
	err 'header B: its checksum is wrong'
result $? 'no header at the beginning, a damaged one at the end'

# What people are told
verify()
{
	run "$1" "$DUMPFLT" verify "${@:2}" "$image"
}
area && put "$TMP/one" && spoil $(($(receipt 0 1) + 200)) && verify 0 &&
	out 'receipt B cannot be used: its checksum is wrong' && verify 0 --json &&
	out '"receipt_b_wrong":"its checksum is wrong"' && run 0 "$DUMPFLT" show "$image" &&
	out 'receipt   B cannot be used'
result $? 'one receipt is lost: still complete, but said'
area && put "$TMP/one" && spoil "$(chunk 0 0)" && spoil "$(chunk 0 1)" && verify 5 && out '2 chunks are no good' &&
	! out 'are verified' && verify 5 --json && out '"bad_chunks":2,"first_bad_chunk":0,"problem":"chunk 0'
result $? 'how many chunks are bad'
area && put "$TMP/one" && put "$TMP/two" torn && verify 4 && out 'slot 1: STARTED' && verify 4 --all &&
	out 'slot 0: complete and intact' && out 'slot 1: STARTED' && verify 0 --slot 0 && verify 1 --slot 9
result $? 'verify judges the newest, or all'
area && verify 3 --all && err 'there is no dump'
result $? 'verify of nothing is not good'
area --filter 'crypt,key=a,mode=x' --filter trace --critical crypt --overwrite && run 0 "$DUMPFLT" show "$image" &&
	out 'policy      10-crypt, critical' && out '  option    key=a' && out '  option    mode=x' &&
	out 'overwrite the oldest' && run 0 "$DUMPFLT" show --json "$image" && out '"options":["key=a","mode=x"]'
result $? 'show: the policy'

# show of what is damaged: what can still be said
area && put "$TMP/one" failed && spoil "$(chunk 0 -1)" && run 0 "$DUMPFLT" show "$image" &&
	out 'slot 0      FAILED' && out 'their metadata cannot be used: there is none' &&
	run 0 "$DUMPFLT" show --json "$image" && out '"filter_metadata_wrong":"there is none"'
result $? 'show: damage'

# refused WORDS PATH: by everything that reads areas
refused()
{
	run 1 "$DUMPFLT" show "$2" && err "$1" && run 1 "$DUMPFLT" verify "$2" && err "$1" &&
		run 1 "$DUMPFLT" extract --slot 0 --device "$2" "$file" && err "$1" && no_file
}
rm -f "$file"
head -c 3000000 /dev/urandom >"$TMP/noise"
refused "ERROR: looking for a dump area failed on '$TMP/noise': there is none" "$TMP/noise"
result $? 'no area'
refused "ERROR: opening failed on '$TMP/none': No such file or directory" "$TMP/none"
result $? 'no such file'
refused "ERROR: opening failed on '/dev/null': it is neither a block device nor a file" /dev/null &&
	refused "ERROR: opening failed on '$TMP': it is neither" "$TMP"
result $? 'neither a device nor a file'

finish
