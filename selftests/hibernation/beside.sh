# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# beside.sh: what else there is while a machine hibernates, and what is left in its memory.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=boots.sh
. "$SELFTESTS/hibernation/boots.sh"

beside_all() {
	area area.img "${sealed[@]}" && rm -f "$WORK/one.img" "$WORK/two.img" && truncate -s 8M "$WORK/one.img" &&
		truncate -s 512M "$WORK/two.img" &&
		seconds=600 boot beside 'HIBERNATING 1' "$WORK/overlay.img" -a dumpflt-guest.mode=shutdown
}

dump_is_whole() {
	line resume 'BESIDE complete' && line beside "SUM $(head -c 4194304 "$WORK/one.img" | sha256sum | cut -d' ' -f1)"
}

beside() {
	_check "hardly any memory, swap beside it, a dump under way in a crash stack" beside_all
	_check "it is resumed, its memory is as it was" resumes
	_check "part of it was in the swap" line resume 'SWAPPED 1'
	_check "the dump goes on in the resumed kernel, and is whole (C4, D7)" dump_is_whole
	rm -f "$WORK/one.img" "$WORK/two.img"
}

# The 32 bytes that a secret key is, as a regular expression. Bech32: five bits a letter, the last
# six of which are its sum
key_bytes() {
	local letters=qpzry9x8gf2tvdw0s3jn54khce6mua7l text bits=0 value=0 i at

	text=$(sed -n 's/^AGE-SECRET-KEY-1//p' "$1" | tr '[:upper:]' '[:lower:]')
	for ((i = 0; i < ${#text} - 6; i++)); do
		at=${letters%%"${text:i:1}"*}
		value=$((value << 5 | ${#at})) bits=$((bits + 5))
		if [ "$bits" -ge 8 ]; then
			bits=$((bits - 8))
			printf '\\x%02x' $((value >> bits & 255))
		fi
		value=$((value & 255))
	done
}

# in_memory <regex>: of the guest that has ended
in_memory() {
	grep -aqP "$1" "$WORK/memory"
}

# opens_image <key|payload>: that opens this one image; the kernel has had it, too
opens_image() {
	"$SELFTESTS/helpers/agechunk" "$WORK/key.txt" "$WORK/kept.img" 0 "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /\\x/g'
}

# pieces <regex of bytes>: any eight of them that a word of memory takes
pieces() {
	grep -o '\(\\x..\)\{8\}' <<<"$1" | paste -sd '|'
}

spilt() {
	boot spilt DONE "$WORK/key-overlay.img" && line spilt 'SPILT 137' && line spilt 'STATE SPILT configured'
}

# each_in_memory <regex>...
each_in_memory() {
	local each

	for each; do
		in_memory "$each" || return 1
	done
}

# What is looked for can be found, as long as it is needed
midway() {
	boot midway MIDWAY "$WORK/key-overlay.img" -M "$WORK/memory" -x MIDWAY &&
		each_in_memory "$(key_bytes "$WORK/key.txt")" "$(opens_image key)"
}

# Nor a part of it
wiped() {
	! in_memory "$(pieces "$(key_bytes "$WORK/key.txt")")" && ! in_memory "$(pieces "$(opens_image key)")" &&
		! in_memory "$(pieces "$(opens_image payload)")" && in_memory 'canary-5f0d1e7c9a3b-canary'
}

memory() {
	area area.img "${sealed[@]}"
	_check "the machine hibernates" writes shutdown
	cp --sparse=always "$WORK/area.img" "$WORK/kept.img"
	_check "a resume that is killed leaves no stack" spilt
	cp --sparse=always "$WORK/kept.img" "$WORK/area.img"
	_check "while the image is given to the kernel its keys are in the memory" midway
	cp --sparse=always "$WORK/kept.img" "$WORK/area.img"
	_check "it is resumed from a copy" resumes DONE resume -M "$WORK/memory"
	_check "no key of the kernel that resumed is in the memory" wiped
	rm "$WORK/kept.img"
	rm -f "$WORK/memory"
}

# drawn <how> <written|resumed>
drawn() {
	tr -d '\r' <"$WORK/$1/console" | sed -n "s/.*draws: $2 //p" | sort -u
}

writes_random() {
	boot random 'HIBERNATING 1' "$WORK/overlay.img" -a dumpflt-guest.mode=shutdown &&
		[ "$(drawn random written | wc -l)" -eq 64 ]
}

# On both of its CPUs
drawn_once() {
	[ "$(drawn resume resumed | wc -l)" -ge 128 ] &&
		[ -z "$(comm -12 <(drawn random written) <(drawn resume resumed))" ]
}

random() {
	area area.img "${sealed[@]}"
	_check "the machine hibernates, and draws random numbers when the session begins" writes_random
	_check "it is resumed, and draws random numbers, too" resumes
	_check "the resumed kernel draws none of those the keys are made of" drawn_once
}
