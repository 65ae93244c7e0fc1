# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# age.sh: keys, and a sealed slot as the age file that it is.
#
# Copyright (C) 2026 the dumpflt authors
#
# The file is put together here from the manual of the format alone, and opened
# by the program age: neither knows the code that is tested.

# _age_key <name>: makes $TEST_TMP/<name>.key if there is none; prints the recipient
_age_key() {
	[ -e "$TEST_TMP/$1.key" ] || age-keygen -o "$TEST_TMP/$1.key" 2>/dev/null || return 1
	age-keygen -y "$TEST_TMP/$1.key"
}

# _age_u32 <file> <offset>: little-endian
_age_u32() {
	tail -c "+$(($2 + 1))" "$1" | head -c 4 | od -An -tu4 | tr -d ' \n'
}

# _age_part <file> <offset> <bytes>
_age_part() {
	tail -c "+$(($2 + 1))" "$1" | head -c "$3"
}

# _age_file <device> <slot> <chunks>: the age file in the slot, age being the first filter
_age_file() {
	age_image=$TEST_TMP/age.image
	dd if="$1" of="$age_image" bs=1M iflag=direct 2>/dev/null || return 1
	# struct dumpflt_disk_fixed: record_size, slot_chunks, slot_offset, slot_size
	age_record=$(_age_u32 "$age_image" 52)
	age_chunks=$(_age_u32 "$age_image" 60)
	age_slot=$(($(_age_u32 "$age_image" 64) + $2 * $(_age_u32 "$age_image" 72)))
	age_data=$((age_slot + 65536))
	age_records=$((age_data + age_chunks * 65536))
	# behind the head of 64 bytes, the first entry of 40 bytes; its length is at 32
	age_len=$(_age_u32 "$age_image" "$((age_slot + 64 + 32))")
	_age_part "$age_image" "$((age_slot + 104))" "$age_len"
	age_chunk=0
	while [ "$age_chunk" -lt "$3" ]; do
		dd if="$age_image" bs=64k skip="$((age_data / 65536 + age_chunk))" count=1 2>/dev/null
		# the tag is behind the CRC and the check of the record
		_age_part "$age_image" "$((age_records + age_chunk * age_record + 8))" 16
		age_chunk=$((age_chunk + 1))
	done
}

# _age_opens <age file> <key name> <reference>: the dump, and its trailer behind it
_age_opens() {
	age -d -i "$TEST_TMP/$2.key" -o "$TEST_TMP/plain" "$1" || return 1
	age_size=$(wc -c <"$3")
	head -c "$age_size" "$TEST_TMP/plain" | cmp - "$3" || return 1
	age_padded=$(((age_size + 65535) / 65536 * 65536))
	_is "bytes of the plaintext" "$(wc -c <"$TEST_TMP/plain")" "$((age_padded + 65536))" &&
		_is "magic of the trailer" "$(_age_part "$TEST_TMP/plain" "$age_padded" 15)" DUMPFLT-TRAILER &&
		_is "size in the trailer" "$(_age_u32 "$TEST_TMP/plain" "$((age_padded + 32))")" "$age_size"
}
