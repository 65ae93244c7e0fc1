# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# raw.sh: what is on a target, past all caches, and what should be there.
#
# Copyright (C) 2026 the dumpflt authors

# _raw_save <device> <file>
_raw_save() {
	dd if="$1" of="$2" bs=1M iflag=direct 2>/dev/null
}

# _raw_same <device> <file> [<skip KiB> [<KiB>]]: the device holds the file's
# bytes, from <skip KiB> on
_raw_same() {
	raw_skip=$((${3:-0} * 1024))
	dd if="$1" of="$TEST_TMP/raw" bs=64k iflag=direct 2>/dev/null || return 1
	if [ -n "${4:-}" ]; then
		cmp -n $(($4 * 1024)) "$TEST_TMP/raw" "$2" "$raw_skip" "$raw_skip"
	else
		cmp "$TEST_TMP/raw" "$2" "$raw_skip" "$raw_skip"
	fi
}

# _raw_fill <device> <KiB>: with a pattern that no test writes
_raw_fill() {
	"$HELPERS/pattern" write "$1" --size "${2}K" --block 1M --seed 999
}

# _raw_filled <device> <offset KiB> <KiB>: it still is there
_raw_filled() {
	"$HELPERS/pattern" verify "$1" --offset "${2}K" --size "${3}K" --block 1M --seed 999
}

# _bytes <file> <offset> <count>: decimal, one per line
_bytes() {
	dd if="$1" bs=512 skip=$(($2 / 512)) count=$(($3 / 512)) iflag=direct 2>/dev/null |
		od -An -v -tu1 | tr -s ' ' '\n' | sed '/^$/d'
}

# _changed_bytes <awk expression> <offset>: what becomes of the bytes on stdin,
# decimal, one per line: b is the byte, p its offset
_changed_bytes() {
	awk -v p="$2" "{ b = \$1; print (($1) % 256); p++ }"
}
