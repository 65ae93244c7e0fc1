#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_stress_04.sh: 'dumpflt capture' or its makedumpfile is told to end, or
# killed, at 200 random moments: nothing hangs, and what verify calls complete
# is a whole dump (C53, F4, F7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/stress.sh
. "$SELFTESTS/lib/stress.sh"

# Big-endian, 8 bytes each
numbers() {
	for number in "$@"; do
		printf '%016x' "$number" | sed 's/../\\x&/g' | xargs -0 printf '%b'
	done
}

# stream <number>: a flattened dump that no other round has: header, one record, end marker
stream() {
	{
		printf 'makedumpfile\0\0\0\0' && numbers 1 1 && dd if=/dev/zero bs=4064 count=1 2>/dev/null
		numbers 0 $((8 + $(wc -c <"$body"))) "$1" && cat "$body"
		numbers -1 -1
	} >"$TEST_TMP/stream"
	sha256sum <"$TEST_TMP/stream" >>"$TEST_TMP/streams"
}

# Its own end is one of the things that may be hit
fake_makedumpfile() {
	cat >"$TEST_TMP/makedumpfile" <<-END
		#!/bin/sh
		echo \$\$ >$TEST_TMP/pid
		for part in 0 1 2 3 4 5 6 7; do
			dd if=$TEST_TMP/stream bs=64k skip=\$((part * 4)) count=4 2>/dev/null
		done
	END
	chmod +x "$TEST_TMP/makedumpfile"
	cat >"$TEST_TMP/conf" <<-END
		[stack]
		name = s0
		target = $disk
		area = yes
		timeout_ms = 5000
		[dump]
		vmcore = /dev/null
		makedumpfile = $TEST_TMP/makedumpfile
		log = no
		args = -l
	END
}

# In each slot that verify calls complete is the whole stream of some round
nothing_false() {
	for slot in 0 1; do
		"$TOOL" verify --slot "$slot" "$disk" >/dev/null 2>&1 || continue
		"$TOOL" extract --device "$disk" --slot "$slot" --flattened --force "$TEST_TMP/got" >/dev/null 2>&1 || {
			echo "slot $slot is complete, but cannot be extracted"
			return 1
		}
		grep -qxF "$(sha256sum <"$TEST_TMP/got")" "$TEST_TMP/streams" || {
			echo "slot $slot is complete, but no dump that was made"
			return 1
		}
	done
}

# What was made in this round is in a slot
is_there() {
	for slot in 0 1; do
		"$TOOL" verify --slot "$slot" "$disk" >/dev/null 2>&1 || continue
		"$TOOL" extract --device "$disk" --slot "$slot" --flattened --force "$TEST_TMP/got" >/dev/null 2>&1 &&
			cmp "$TEST_TMP/got" "$TEST_TMP/stream" && return 0
	done
	echo "capture called it complete, but no slot has it"
	return 1
}

victim() {
	case $1 in
	capture) echo "$capture" ;;
	*) cat "$TEST_TMP/pid" 2>/dev/null ;;
	esac
}

# hit <number>: 0 to 4
hit() {
	case $1 in
	0) hit_signal=KILL hit_who=capture ;;
	1) hit_signal=TERM hit_who=capture ;;
	2) hit_signal=INT hit_who=capture ;;
	3) hit_signal=KILL hit_who=makedumpfile ;;
	*) hit_signal=TERM hit_who=makedumpfile ;;
	esac
	hit_pid=$(victim "$hit_who")
	[ -z "$hit_pid" ] || kill -"$hit_signal" "$hit_pid" 2>/dev/null
}

# A thread of the module may have that name; it has no program
no_capture() {
	for no_capture_pid in $(pidof dumpflt); do
		! readlink "/proc/$no_capture_pid/exe" || return 1
	done
}

gone() {
	! kill -0 "$1"
}

# Ends within 20 s; its status in ended
await_capture() {
	if ! _soon 20 gone "$capture"; then
		kill -KILL "$capture"
		return 1
	fi
	wait "$capture"
	ended=$?
}

# round <number> <ms>: each kind of hit in turn
round() {
	rm -f "$TEST_TMP/pid"
	stream "$1"
	"$TOOL" capture -c "$TEST_TMP/conf" >"$TEST_TMP/out" 2>&1 &
	capture=$!
	usleep "$2"000
	hit $(($1 % 5))
	await_capture || return 1
	# whoever is killed is followed by a child that cleans up
	_soon 30 no_capture || return 1
	if [ -d "$DUMPFLT_CONFIG/s0" ]; then
		_remove_stack s0 || return 1
	fi
	_no_trace && nothing_false || return 1
	case $ended in
	0) is_there ;;
	# the last two: a signal before it has its handlers
	1 | 137 | 130 | 143) ! grep -q '^complete' "$TEST_TMP/out" || is_there ;;
	*)
		echo "capture ended with $ended"
		cat "$TEST_TMP/out"
		return 1
		;;
	esac || return 1
	echo "$ended" >>"$TEST_TMP/ends"
}

now_ms() {
	awk '{ printf "%d", $1 * 1000 }' /proc/uptime
}

# In TEST_TMP/whole: how many ms a capture takes
undisturbed() {
	stream 0
	before=$(now_ms)
	"$TOOL" capture -c "$TEST_TMP/conf" 2>&1 || return 1
	echo $(($(now_ms) - before)) >"$TEST_TMP/whole"
	is_there
}

# A little longer than a capture takes
rounds() {
	_random_numbers "$count" $(($(cat "$TEST_TMP/whole") * 5 / 4)) >"$TEST_TMP/numbers"
	_each_round "$count" round <"$TEST_TMP/numbers"
}

# Otherwise the moments were badly chosen
of_each_kind() {
	for end in 0 1 137; do
		grep -qx "$end" "$TEST_TMP/ends" || {
			echo "no capture ended with $end in $(wc -l <"$TEST_TMP/ends")"
			return 1
		}
	done
}

count=$(_portion 200)
_test_begin 3
_load
disk=$(_null_blk size=24)
body=$(_area_reference 2000)
_area_format "$disk" --slots 2 --overwrite --filter digest >/dev/null
fake_makedumpfile
ktap_test_result "a capture that nobody disturbs is complete" undisturbed
ktap_test_result "$count captures are hit at random moments" rounds
ktap_test_result "some were complete, some failed, some were killed" of_each_kind
ktap_print_msg "exit codes: $(sort "$TEST_TMP/ends" | uniq -c | awk '{ printf "%s%s: %d times", sep, $2, $1; sep = ", " }')"
_test_end
