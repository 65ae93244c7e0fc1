#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The formula of the geometry in the manual of the format, computed line by line
# as it stands there, against what the tool makes and where a dump then is.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

manual=$TESTS/../../Documentation/format.md
image=$TMP/image
head -c 200000 /dev/urandom >"$TMP/dump"
: >"$TMP/out"
: >"$TMP/err"

sed -n '/^## Geometry/,/^## Which/s/^    \([a-z_]* *= .*\)/\1/p' "$manual" >"$TMP/formula"
lines=$(grep -cE '^[a-z_]+ += [a-z0-9_ +*/()-]+$' "$TMP/formula")
[ "$lines" -eq 12 ] && [ "$(wc -l <"$TMP/formula")" -eq 12 ]
result $? "the manual's formula has twelve lines, and nothing else in them"

# compute AREA_SIZE NR_SLOTS RECORD_SIZE SLOT NUMBER: all of them, as variables
compute()
{
	local name expression

	# shellcheck disable=SC2034
	area_size=$1 nr_slots=$2 record_size=$3 slot=$4 number=$5
	while IFS='=' read -r name expression; do
		declare -g "${name// /}=$((expression))"
	done <"$TMP/formula"
}

# field OFFSET BYTES: a number in the image
field()
{
	od -An -tu"$2" -j"$1" -N"$2" --endian=little "$image" | tr -d ' '
}

# word OFFSET: the first letters of a structure there
word()
{
	dd if="$image" bs=1 skip="$1" count=15 status=none | tr -d '\0'
}

# sizes DEVICE-SIZE NR_SLOTS RECORD_SIZE: of a new area, as its header has them
sizes()
{
	rm -f "$image"
	truncate -s "$1" "$image"
	run 0 "$DUMPFLT" format --slots "$2" --record-size "$3" "$image" || return 1
	compute "$(($(stat -c %s "$image") / 65536 * 65536))" "$2" "$3" 0 0
	# shellcheck disable=SC2154
	[ "$(field 24 8)" -eq "$area_size" ] && [ "$(field 52 4)" -eq "$record_size" ] &&
		[ "$(field 56 4)" -eq "$nr_slots" ] && [ "$(field 60 4)" -eq "$slot_chunks" ] &&
		[ "$(field 64 8)" -eq "$slot_offset" ] && [ "$(field 72 8)" -eq "$slot_size" ] &&
		[ "$(word "$header_a")" = "$(word "$header_b")" ] && [ "$(word 0 | head -c 7)" = DUMPFLT ] &&
		out "each for a dump of up to $(((slot_chunks - 1) * 65536)) bytes"
}

all_sizes()
{
	local size slots record

	for size in 2M 5000000 24M 333333333 4G 3T; do
		for slots in 1 2 3; do
			for record in 16 64 2048; do
				sizes "$size" "$slots" "$record" && continue
				echo "$size in $slots slots, $record bytes per record" >>"$TMP/err"
				return 1
			done
		done
	done
}
all_sizes
result $? 'sizes of areas from 2 MiB to 3 TiB'
sizes 16G 64 512
result $? 'as many slots as there can be'

# Three chunks with a dump and one with the trailer, in slot 1
places()
{
	sizes 24M 3 128 && run 0 "$BUILD/areagen" "$image" "$TMP/dump" &&
		run 0 "$BUILD/areagen" "$image" "$TMP/dump" digest || return 1
	compute "$area_size" 3 128 1 0
	# shellcheck disable=SC2154
	[ "$(word "$fmeta")" = DUMPFLT-FILTERS ] && [ "$(word "$receipt_a")" = DUMPFLT-RECEIPT ] &&
		[ "$(word "$receipt_b")" = DUMPFLT-RECEIPT ] &&
		cmp -s <(tail -c +$((chunk + 1)) "$image" | head -c 200000) "$TMP/dump" || return 1
	compute "$area_size" 3 128 1 4
	# shellcheck disable=SC2154
	[ "$(word "$chunk")" = DUMPFLT-TRAILER ] && [ "$(field $((record + 4)) 4)" -ne 0 ] || return 1
	compute "$area_size" 3 128 1 5
	[ "$(field "$record" 8)" -eq 0 ]
}
places
result $? 'where filter metadata, chunks, records and receipts of a dump are'

finish
