#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_hib_03.sh: an image was completed, and the machine did not go down, nor did who wrote it
# make it invalid: the core does, durably, before it lets go of the stack (C18, C53).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"
# shellcheck source=../lib/story.sh
. "$SELFTESTS/lib/story.sh"

# Closing it ends a hibernation, also one whose task was killed
SNAPSHOT=/dev/snapshot

begins() {
	exec 9<"$SNAPSHOT"
}

ends() {
	exec 9>&-
}

written() {
	_area_dump s0 "$reference" && _attr_is s0 state complete
}

down() {
	_soon 10 _attr_is s0 state configured
}

verify() {
	"$TOOL" verify --identity "$TEST_TMP/alice.key" --origin "$TEST_TMP/machine" "$1"
}

# For resume as well, which asks for no key then
no_image() {
	_fails 'torn' verify "$1" && no_status=0 &&
		{ "$TOOL" resume --check --identity "$TEST_TMP/alice.key" --origin "$TEST_TMP/machine" "$1" 2>&1 || no_status=$?; } &&
		_is "exit code of resume" "$no_status" 3
}

# What is there to be made invalid, and is as long as nobody hibernates
by_hand() {
	_live s0 1 && written && _live s0 0 && verify "$disk"
}

dropped() {
	begins && written && ends && down && no_image "$disk" &&
		_last_error_has s0 'the machine did not go down: its image is invalid'
}

# It is so when the close is over, whoever has the stack's device open
at_once() {
	begins && written && exec 8<"$(_dev s0)" && ends && _attr_is s0 state failed && exec 8<&- && down && no_image "$disk"
}

# Its writer did it, and the receipt tells why it failed
by_the_writer() {
	begins && written && _session s0 start && _session s0 "abort the machine did not go down" 2>/dev/null
	ends && down && _area_has "$disk" 0 '"state":"FAILED"' && _last_error_has s0 'aborted by its writer'
}

# good | bad: from now on writes and flushes succeed or fail
make() {
	case $1 in
	good) table="0 $(_sectors "$disk") linear $disk 0" ;;
	bad) table="0 $(_sectors "$disk") flakey $disk 0 0 1 1 error_writes" ;;
	esac
	dmsetup suspend "hib$$" && dmsetup reload "hib$$" --table "$table" && dmsetup resume "hib$$"
}

# Nothing can be written: no other hibernation may begin, and it is tried again
until_it_works() {
	dm=$(_dm "hib$$" "0 $(_sectors "$disk") linear $disk 0") && _set "$dm" "$DUMPFLT_CONFIG/s0/target" &&
		begins && written && make bad && ends && sleep 2 &&
		_attr_is s0 live 1 && _last_error_has s0 '(writing|flush).*-EIO' && ! (begins) 2>/dev/null &&
		make good && down && no_image "$dm" && begins && ends && down && dmsetup remove --retry "hib$$" && _forget dm "hib$$"
}

story() {
	story=$(_story_begin "$disk" 64) && _set "$story" "$DUMPFLT_CONFIG/s0/target" && begins && written &&
		_story_mark saved && ends && down && _story_mark down && _story_end
}

# Behind what the mark "saved" is for
told() {
	_story_area 5 | sed '1,/^saved/d'
}

_have "$SNAPSHOT" dmsetup keyctl
_have_module dm_flakey dm_log_writes
_test_begin 7
_load
_modprobe dm_mod
_modprobe dm_flakey
_modprobe dm_log_writes
# Not inside of a hibernation
modprobe dumpflt-age
disk=$(_null_blk size=16 cache_size=8)
_place_area $((16 * 1048576)) 1 64
reference=$(_area_reference 300)
head -c 32 /dev/urandom >"$TEST_TMP/machine" && chmod 600 "$TEST_TMP/machine" &&
	keyctl padd logon test:machine @u <"$TEST_TMP/machine" >/dev/null
alice=$(_age_key alice)
_area_format "$disk" --hibernation --filter age,origin=test:machine --recipient "$alice" >/dev/null
_area_stack s0 "$disk" type=hibernation auto=1
_filter_add s0 10-age origin=test:machine "recipient=$alice"
_set 1 "$DUMPFLT_CONFIG/s0/10-age/critical"
ktap_test_result "an image of a stack that nobody hibernates with is whole" by_hand
ktap_test_result "of a hibernation that is over without the machine going down it is not (C18)" dropped
ktap_test_result "nor as long as somebody has the device open" at_once
ktap_test_result "one that its writer has made invalid stays as he left it" by_the_writer
ktap_test_result "while that cannot be written no other hibernation begins, then it is" until_it_works
ktap_test_result "a hibernation, all writes of which are kept" story
ktap_test_result "the receipts are taken away, and that is flushed (F4, F5)" \
	_same_lines "$(printf 'receipt A 0 zeros\nreceipt B 0 zeros\nflush\ndown')" told
keyctl clear @u
_test_end
