#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_tool_03.sh: what 'dumpflt capture' wrote before a checkpoint is salvaged
# from a disk whose power went (F3).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"

# A makedumpfile that stops in the middle: header, and the beginning of a record
program() {
	{
		printf 'makedumpfile\0\0\0\0\0\0\0\0\0\0\0\001\0\0\0\0\0\0\0\001' && dd if=/dev/zero bs=4064 count=1 2>/dev/null
		printf '\0\0\0\0\0\0\0\0\0\0\0\0\0\100\0\0' && head -c "$(($1 * 1024))" /dev/urandom
	} >"$TEST_TMP/stream"
	cat >"$TEST_TMP/makedumpfile" <<-END
		#!/bin/sh
		[ "\$2" != --dump-dmesg ] || exec echo the last words
		cat $TEST_TMP/stream
		: >$TEST_TMP/written
		sleep 60
	END
	chmod +x "$TEST_TMP/makedumpfile"
	rm -f "$TEST_TMP/written" "$TEST_TMP/saved"
}

# cut_off <KiB> [LINE]...: the disk as it is when so much was handed over, with these lines in [dump]
cut_off() {
	program "$1"
	shift
	printf '%s\n' '[stack]' 'name = s0' "target = $disk" '[dump]' 'vmcore = /dev/null' \
		"makedumpfile = $TEST_TMP/makedumpfile" "log = $log" "$@" >"$TEST_TMP/conf"
	"$TOOL" capture -c "$TEST_TMP/conf" >"$TEST_TMP/out" 2>&1 &
	capture=$!
	_soon 20 [ -e "$TEST_TMP/written" ] || return 1
	sleep 1
	dd if="$disk" of="$TEST_TMP/image" bs=1M iflag=direct 2>/dev/null
	kill -TERM "$capture"
	wait "$capture"
	"$TOOL" release --all --force "$disk" >/dev/null
	"$TOOL" extract --device "$TEST_TMP/image" --slot 0 --salvage --raw "$TEST_TMP/saved"
}

# saved <MiB>: at least that, and nothing else
# Zeros at the end of what is salvaged are left out, and random bytes may be such
saved() {
	[ "$(wc -c <"$TEST_TMP/saved")" -ge "$(($1 * 1048576 - 16))" ] &&
		cmp -n "$(wc -c <"$TEST_TMP/saved")" "$TEST_TMP/saved" "$TEST_TMP/stream"
}

first() {
	cut_off 1500 && saved 1
}

each() {
	cut_off 3500 'checkpoint_mib = 1' && saved 3
}

none() {
	_fails 'nothing is left' cut_off 1500 'checkpoint_mib = 0' 'checkpoint_seconds = 0'
}

# Before the first byte of the dump, whatever is said of checkpoints
last_words() {
	log=yes
	cut_off 1500 'checkpoint_mib = 0' 'checkpoint_seconds = 0' &&
		"$TOOL" extract --device "$TEST_TMP/image" --slot 0 --salvage --dmesg "$TEST_TMP/words" &&
		[ "$(cat "$TEST_TMP/words")" = 'the last words' ]
}

log=no
_test_begin 4
_load
disk=$(_null_blk size=16)
_area_format "$disk" --slots 1 --filter digest >/dev/null
ktap_test_result "the first MiB" first
ktap_test_result "each MiB, if that is what one wants" each
ktap_test_result "without checkpoints nothing of it is sure" none
ktap_test_result "but the kernel log is" last_words
_test_end
