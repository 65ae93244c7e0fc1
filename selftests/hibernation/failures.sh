# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# failures.sh: hibernations that fail: the system goes on, and no image is left.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=boots.sh
. "$SELFTESTS/hibernation/boots.sh"

# said <how> <words>: by a command in that guest
said() {
	grep -q "^says: .*$2" "$WORK/$1/verdict"
}

# fails <how> <serial> <words>: the system went on, and nothing is there that would be resumed
fails() {
	line "$1" "FAULT $2 1" && line "$1" "CHECK $2 3" && went_on "$1" "$2" && said "$1" "$3"
}

# gave_up <how> <word> <words>: the same, into the disk "area"
gave_up() {
	line "$1" "$2 1" && line "$1" "CHECK $2 3" && went_on "$1" "$2" && said "$1" "$3"
}

# was_killed <how> <function>
was_killed() {
	line "$1" "KILLED $2 137" && line "$1" "STATE $2 configured" && line "$1" "$2 REMEMBERED" && line "$1" "CHECK $2 3"
}

# failing_area <disk> <where it fails>
failing_area() {
	area "$1.img" "${sealed[@]}" --filter "fault,mode=error,at=$2"
}

faults() {
	failing_area one start &&
	failing_area two write,call=90 &&
	failing_area three finish &&
	seconds=600 boot faults 'HIBERNATING 1' "$WORK/overlay.img" -a dumpflt-guest.mode=shutdown
}

failing() {
	area area.img "${sealed[@]}"
	_check "hibernations that fail, then one that does not" faults
	_check "start fails: the system goes on" fails faults one "beginning the session failed"
	_check "a write fails: the system goes on" fails faults two "writing the image failed"
	_check "finish fails: the system goes on" fails faults three "ending the session failed"
	_check "killed in the middle: the system goes on, the stack is unloaded (C53)" was_killed faults snapshot_read
	_check "after all of that the machine is resumed" resumes
}

# Sectors of 512 bytes. Three flushes belong to the start, then come F4 and F5
bad_disks() {
	local disk

	for disk in area one two three; do
		area "$disk.img" "${sealed[@]}"
	done
	_place_area "$DISK" 1 64
	disk_more[area]=,fail=write@$(($(_place_chunk 0 100) / 512))
	disk_more[one]=,fail=write@$(($(_place_receipt 0 0) / 512))
	disk_more[two]=,fail=flush@4
	disk_more[three]=,fail=flush@5
	seconds=600 boot disks DONE "$WORK/overlay.img"
}

disks() {
	_check "disks of which some part fails" bad_disks
	disk_more=()
	_check "a chunk cannot be written: the system goes on" fails disks area "writing the image failed"
	_check "the receipt cannot be written: the system goes on" fails disks one "failed"
	_check "the flush before the receipt fails: the system goes on" fails disks two "ending the session failed"
	_check "the flush behind the receipt fails: no image is left" fails disks three "ending the session failed"
	rm -f "$WORK"/{one,two,three}.img
}

does_not_begin() {
	area area.img "${sealed[@]}"
	failing_area one init
	seconds=900 boot refused DONE "$WORK/overlay.img" -a dumpflt-guest.mode=shutdown
}

# What is the nth to be loaded is unloaded as often. Where a level has nothing to do in the tool
levels() {
	local level n=0

	for level in freezer devices platform processors core; do
		n=$((n + 1))
		line refused "LEVEL $level 0 unloads $n" && line refused "TEST $level 1" || return 1
	done
	said refused "/sys/power/pm_test is"
}

refused() {
	_check "hibernations that are refused" does_not_begin
	_check "no machine key: refused" gave_up refused NOKEY "no key 'test:machine'"
	_check "init fails: refused" fails refused one "filter 'fault': init failed"
	_check "somebody else refuses it: unloaded" gave_up refused PREPARE "opening /dev/snapshot failed"
	_check "each level of pm_test: loaded, unloaded, nothing written; the tool refuses" levels
	_check "woken up before there is an image: told from a resume" gave_up refused EARLY "the machine was woken up before"
	_check "random numbers that cannot be parted from those of the image: the system goes on" gave_up refused RANDOM \
		"renewing the random numbers failed"
	_check "hardly any memory, and no swap: the system goes on" gave_up refused FULL "making the image failed"
	rm -f "$WORK"/{one,two,three}.img
}

stays_up() {
	area area.img "${sealed[@]}"
	seconds=600 boot held DONE "$WORK/overlay.img" -a dumpflt-guest.mode=shutdown
}

held() {
	_check "hibernations that are over before the machine is down" stays_up
	_check "killed behind the snapshot: no image, the stack is unloaded" was_killed held dumpflt_session_start
	_check "killed behind the receipt: the image is invalid (C18)" was_killed held dumpflt_session_end
	_check "a power-off that comes back: the image is invalid" gave_up held HELD "going down failed"
}
