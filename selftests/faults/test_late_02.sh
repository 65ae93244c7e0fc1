#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_late_02.sh: a write that is late on its way in: finish does not say complete before
# it has an answer (F1).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"

LATE=/sys/module/holdup/parameters/ms

# write <first block of 64 KiB>
write() {
	dd if=/dev/zero of="$(_dev s0)" bs=64k seek="$1" count=1 oflag=direct 2>/dev/null
}

# Finish has seen that no write is under way, and waits for a reader. One that had been let
# in before comes now, and the target takes its time for it: 4 s, for reads 9
slips_in() {
	_stack_create s0 "$slow" timeout_ms=20000 && _filter_add s0 10-trace && _live s0 1 && _session s0 start &&
		dmsetup load "slow$$" --table "0 8192 delay $disk 0 9000 $disk 0 4000 $disk 0 0" &&
		dmsetup suspend --nolockfs "slow$$" && dmsetup resume "slow$$" || return 1
	dd if="$(_dev s0)" of=/dev/null bs=4k skip=100 count=1 iflag=direct 2>/dev/null &
	reader=$!
	_soon 2 _in_flight s0
	echo 1000,2500 >"$LATE"
	write 1 &
	writer=$!
	usleep 400000
	"$HELPERS/setattr" "$DUMPFLT_CONFIG/s0/session" finish >"$TEST_TMP/finish"
	slips_status=$?
	read -r _ writing <"/sys/block/$(_attr s0 device)/inflight"
	slips_state=$(_attr s0 state)
	wait "$writer"
	slips_writer=$?
	wait "$reader"
	_is "delays that are left" "$(cat "$LATE")" 0,0 && _is "writes that finish left" "$writing" 0 || return 1
	# either it is part of the dump, or there is none
	echo "finish: $slips_status, writer: $slips_writer, $slips_state"
	case $slips_status,$slips_writer,$slips_state in
	0,0,complete | 1,*,failed) _soon 10 _live s0 0 ;;
	*) return 1 ;;
	esac
}

_have_module holdup dm-delay
[ "$(nproc)" -gt 1 ] || ktap_skip_all "one CPU cannot be held up while another one goes on"
_test_begin 1
_load
_modprobe holdup symbol=dumpflt_lane_choose,dumpflt_disk_wait
disk=$(_null_blk size=4)
_modprobe dm-delay
slow=$(_dm "slow$$" "0 8192 linear $disk 0")
ktap_test_result "a write that comes when finish has looked" _alone s0 slips_in
_test_end
