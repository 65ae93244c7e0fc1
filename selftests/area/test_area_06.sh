#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_area_06.sh: what the stack takes of the memory does not depend on how long
# the dump is: 64 MiB, 256 MiB, and with DUMPFLT_SLOWER=6 also 4 GiB, which takes
# minutes under emulation (C44).
#
# Copyright (C) 2026 the dumpflt authors
#
# The chunks go to a target that forgets them, all else is kept, so that a dump
# can be larger than the guest's memory and yet be complete.

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
_have_module dm_zero

slot_mib=4096
# Sectors: header and filter metadata, the chunks, the rest
front=256
chunks=$((slot_mib * 2048))
back=32768

memory_kib() {
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemFree:/ { print $2 }' /proc/meminfo
}

# dump <MiB>: says what was taken while the stack was live, and at the end of it
dump() {
	before=$(memory_kib)
	_live s0 1 && _session s0 start || return 1
	live=$(memory_kib)
	dd if=/dev/zero of="$(_dev s0)" bs=1M count="$1" oflag=direct 2>/dev/null || return 1
	written=$(memory_kib)
	_session s0 finish && _attr_is s0 state complete &&
		_is allocations "$(_allocations)" 0 &&
		_area_has "$dm" 0 "\"state\":\"COMPLETE\".*\"dump_size\":$(($1 * 1048576))," && _live s0 0 || return 1
	echo "$1 MiB: $((before - live)) KiB to go live, $((live - written)) KiB while it was written" >"$TEST_TMP/figures"
	# 8 MiB for records is the most there may be; this is some buffers and a bitmap.
	# Pages come and go in a running kernel, hence some room
	[ $((before - live)) -lt $((8192 + kept)) ] && [ $((live - written)) -lt $((2048 + kept)) ]
}

# KASAN keeps what is freed, up to a 32nd of the memory
kept=0
! grep -qw kasan_quarantine_reduce /proc/kallsyms ||
	kept=$(awk '/^MemTotal:/ { print int($2 / 32) }' /proc/meminfo)
sizes='64 256'
grep -q 'dumpflt-guest.slower=[1-5]\b' /proc/cmdline || sizes='64 512 4096'

# shellcheck disable=SC2086 # words
_test_begin "$(printf '%s\n' $sizes | wc -l)"
_load_watched
_modprobe dm_mod
_modprobe dm_zero
disk=$(_null_blk size=32)
dm=$(_dm "area$$" "0 $front linear $disk 0
$front $chunks zero
$((front + chunks)) $back linear $disk $front")
_area_format "$dm" --slots 1 --overwrite
_area_stack s0 "$dm"
_filter_add s0 10-trace
for mib in $sizes; do
	ktap_test_result "a dump of $mib MiB (C44)" dump "$mib"
	ktap_print_msg "$(cat "$TEST_TMP/figures")"
done
_test_end
