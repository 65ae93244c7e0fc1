# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# rounds.sh: hibernations that are resumed: many of them, and in each mode.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=boots.sh
. "$SELFTESTS/hibernation/boots.sh"

CYCLES=10

# round_trips <CPUs>
round_trips() {
	local round last

	area area.img "${sealed[@]}"
	writes shutdown -c "$1" -a "dumpflt-guest.times=$CYCLES" || return 1
	for ((round = 2; round <= CYCLES + 1; round++)); do
		last="HIBERNATING $round"
		[ "$round" -le "$CYCLES" ] || last=DONE
		resumes "$last" resume -c "$1" || return 1
	done
}

cycles() {
	_check "$CYCLES times in a row on one CPU, the memory compared each time" round_trips 1
	_check "$CYCLES times in a row on two" round_trips 2
}

# once <mode>: what is called from the snapshot on is the same for all of them
once() {
	area area.img "${sealed[@]}"
	_check "$1: the machine hibernates, and goes down" writes "$1"
	_check "$1: start comes after the snapshot, finish before the power goes, unload never" in_order write \
		'start age' start 'finish age' finish down
	_check "$1: it is resumed, its memory is as it was (C18)" resumes
	_check "$1: read through the filters; unloaded there, and in the resumed kernel, in reverse order (C18)" in_order resume \
		"${read_back[@]}" 'unload digest' 'unload age' down
}

cycle() {
	once shutdown
}

# What is called is called in the resumed kernel
past_the_filters() {
	line bare "says: WARNING: the module dumpflt is not there: the image is read past the filters of the kernel" &&
		! grep -q '^says: ERROR' "$WORK/bare/verdict" && in_order bare 'unload digest' 'unload age' down
}

# What the tool cannot look into: only the kernel that resumes has all filters
behind_crypt() {
	area area.img --filter crypt,key=test:crypt "${sealed[@]}"
	_check "crypt in front of age: the machine hibernates" writes shutdown
	_check "it is resumed, its memory is as it was" resumes
	_check "read through all three filters, and unloaded in reverse order" in_order resume \
		'unload digest' 'unload age' 'unload crypt' 'start age' read 'read digest' 'read age' 'read crypt' 'finish age' finish \
		'unload digest' 'unload age' 'unload crypt' 'unload digest' 'unload age' 'unload crypt' down
}

modes() {
	behind_crypt
	once reboot
	once platform
	area area.img "${sealed[@]}"
	_check "the machine hibernates once more" writes shutdown
	_check "an initramfs without the module resumes it" resumes DONE bare
	_check "it says so, and no error" past_the_filters
}

# From a bzImage: a 6.1 that QEMU booted as an ELF file dies of a triple fault when it is woken up, by
# whatever it was sent to sleep
was_woken() {
	boot asleep DONE "$WORK/overlay.img" -k "$KERNEL" && line asleep 'WOKEN 0' && line asleep 'says: woken' &&
		went_on asleep woken && line asleep 'CHECK woken 3'
}

asleep() {
	area area.img "${sealed[@]}"
	_check "asleep, and woken up: the memory is as it was, the image is invalid" was_woken
}
