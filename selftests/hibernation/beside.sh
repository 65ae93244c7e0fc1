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

# That opens this one image; the kernel has had it, too
file_key() {
	"$SELFTESTS/helpers/agechunk" "$WORK/key.txt" "$WORK/kept.img" 0 key | od -An -v -tx1 | tr -d '\n' | sed 's/ /\\x/g'
}

# A task that is killed wipes nothing: what is looked for can be found
spilt() {
	boot spilt DONE "$WORK/key-overlay.img" -M "$WORK/memory" && line spilt 'SPILT 137' &&
		line spilt 'STATE SPILT configured' && in_memory "$(key_bytes "$WORK/key.txt")" && in_memory "$(file_key)"
}

wiped() {
	! in_memory "$(key_bytes "$WORK/key.txt")" && ! in_memory "$(file_key)" && in_memory 'canary-5f0d1e7c9a3b-canary'
}

memory() {
	area area.img "${sealed[@]}"
	_check "the machine hibernates" writes shutdown
	cp --sparse=always "$WORK/area.img" "$WORK/kept.img"
	_check "a resume that is killed leaves no stack, and its keys in the memory" spilt
	cp --sparse=always "$WORK/kept.img" "$WORK/area.img"
	_check "it is resumed from a copy" resumes DONE resume -M "$WORK/memory"
	_check "no key of the kernel that resumed is in the memory" wiped
	rm "$WORK/kept.img"
	rm -f "$WORK/memory"
}
