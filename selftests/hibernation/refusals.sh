# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# refusals.sh: images that are not resumed, and one that is.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=boots.sh
. "$SELFTESTS/hibernation/boots.sh"

# looks <exit code> <words> <file>
looks() {
	local status=0

	dumpflt resume --check --identity "$WORK/key.txt" --origin "$WORK/machine.key" "$3" >"$WORK/said" 2>&1 || status=$?
	if [ "$status" -ne "$1" ] || ! grep -Eq "$2" "$WORK/said"; then
		sed 's/^/# /' "$WORK/said"
		return 1
	fi
}

# flipped <exit code> <words> <offset>...: of a copy
flipped() {
	local code=$1 words=$2 at

	cp --sparse=always "$WORK/area.img" "$WORK/flipped.img"
	shift 2
	for at; do
		flip "$WORK/flipped.img" "$((at))"
	done
	looks "$code" "$words" "$WORK/flipped.img"
}

# Both headers are gone, and with them the area
cut_off() {
	cp --sparse=always "$WORK/area.img" "$WORK/flipped.img"
	truncate -s 100M "$WORK/flipped.img"
	looks 1 'neither of its two headers|beyond the end' "$WORK/flipped.img"
}

# count_chunks: sets chunks, and the one in the middle
count_chunks() {
	_place_area "$DISK" 1 64
	# behind magic, version, state, two ids, number, slot, filters, two times and the size
	chunks=$(od -An -tu8 -j $(($(_place_receipt 0 0) + 96)) -N 8 "$WORK/area.img" | tr -d ' ')
	middle=$((chunks / 2))
}

# An image that is whole but for one bit, of each part of it, or cut: looked at on this machine
bits() {
	count_chunks
	_check "a whole image: on another kernel it is refused" looks 5 'of another kernel' "$WORK/area.img"
	_check "one bit of both headers" flipped 1 'neither of its two headers' 40 "$(_place_header_b)+40"
	_check "one bit of the filter metadata" flipped 5 'filter metadata' "$(_place_slot 0)+200"
	_check "one bit of the first chunk" flipped 5 'chunk 0' "$(_place_chunk 0 0)+5000"
	_check "one bit of a chunk in the middle" flipped 5 "chunk $middle" "$(_place_chunk 0 $middle)+5000"
	_check "one bit of the trailer" flipped 5 "chunk $((chunks - 1))" "$(_place_chunk 0 $((chunks - 1)))+20"
	_check "one bit of a record" flipped 5 'a record of it is missing or damaged' "$(_place_of_record 0 $middle)+20"
	_check "one bit of both receipts" flipped 5 'there is no complete image' "$(_place_receipt 0 0)+100" \
		"$(_place_receipt 0 1)+100"
	_check "a disk that is cut off" cut_off
}

canary() {
	! grep -aq 'canary-5f0d1e7c9a3b' "$WORK/area.img" &&
		dumpflt extract --raw --force --identity "$WORK/key.txt" --origin "$WORK/machine.key" --device "$WORK/area.img" \
			"$WORK/image" >/dev/null 2>&1 && grep -aq 'canary-5f0d1e7c9a3b' "$WORK/image"
}

# Copies of one image: none but the last one is resumed
refusals() {
	cp --sparse=always "$WORK/area.img" "$WORK/one.img"
	cp --sparse=always "$WORK/area.img" "$WORK/two.img"
	flip "$WORK/two.img" "$(_place_chunk 0 "$middle")"
	resumes DONE refuse
}

was_refused() {
	line refuse 'OTHER 5' && grep -q '^says: .*The image is still there' "$WORK/refuse/verdict" &&
		line refuse 'KEPT 0'
}

# With the public key anybody can seal an image, but none of this machine
was_strange() {
	line refuse 'STRANGER 5' && grep -q '^says: .*MAC is wrong' "$WORK/refuse/verdict"
}

was_released() {
	line refuse 'NORESUME 0' && line refuse 'DAMAGED 5' && grep -q '^says: .*It was released' "$WORK/refuse/verdict" &&
		[ "$(grep -cx 'NONE 3' "$WORK/refuse/verdict")" -eq 2 ]
}

refusing() {
	area area.img "${sealed[@]}"
	_check "the machine hibernates, and goes down" writes shutdown
	_check "start comes after the snapshot, finish before the power goes, unload never" in_order write \
		'start age' start 'finish age' finish down
	_check "the secret is in the image, and not on the disk" canary
	bits
	_check "beside copies that are refused it is resumed, its memory is as it was" refusals
	_check "read through the filters; unloaded there, and in the resumed kernel, in reverse order (C18)" in_order refuse \
		"${read_back[@]}" 'unload digest' 'unload age' down
	_check "a wrong key: said, and with --keep the image stays" was_refused
	_check "of another machine: said" was_strange
	_check "damaged, or not wanted: released, once and for all" was_released
	_check "nothing is resumed twice" stays 3
}
