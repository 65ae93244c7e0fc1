# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# place.sh: where things are in a dump area, from the drawing in uapi/linux/dumpflt.h
# alone.
#
# Copyright (C) 2026 the dumpflt authors
#
# Neither the module's arithmetic nor the tool's, which are the same.

# _place_area <bytes of the device> <slots> <record size>: what the functions below are about
_place_area() {
	place_record=$3
	place_size=$1
	place_units=$((($1 / 65536 - 2) / $2))
	# the most whose records fit between them and the receipts
	place_chunks=$(((place_units - 2) * 65536 / (65536 + place_record)))
	while [ $((place_chunks + (place_chunks * place_record + 65535) / 65536)) -gt $((place_units - 2)) ]; do
		place_chunks=$((place_chunks - 1))
	done
}

_place_header_b() {
	echo $(((place_size / 65536 - 1) * 65536))
}

_place_slot() {
	echo $((65536 + $1 * place_units * 65536))
}

# _place_chunk <slot> <chunk>
_place_chunk() {
	echo $(($(_place_slot "$1") + 65536 + $2 * 65536))
}

# _place_of_record <slot> <chunk>
_place_of_record() {
	echo $(($(_place_chunk "$1" "$place_chunks") + $2 * place_record))
}

# _place_receipt <slot> <copy 0 or 1>
_place_receipt() {
	echo $(($(_place_slot "$(($1 + 1))") - 65536 + $2 * 32768))
}

# _place_get <device> <offset> <bytes>: what is there, past all caches; inside of one block
_place_get() {
	dd if="$1" bs=4096 skip=$(($2 / 4096)) count=1 iflag=direct 2>/dev/null |
		tail -c "+$(($2 % 4096 + 1))" | head -c "$3"
}
