#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt hibernate: what it refuses before anything is stopped.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
power=$DUMPFLT_SYSFS/power

# machine DISK PM_TEST MEM_SLEEP: what the kernel and the firmware can do
machine()
{
	mkdir -p "$power"
	echo "$1" >"$power/disk"
	echo "$2" >"$power/pm_test"
	echo "$3" >"$power/mem_sleep"
	echo 1000000 >"$power/image_size"
}

able()
{
	machine '[platform] shutdown reboot suspend test_resume' '[none] core devices' 's2idle [deep]'
}

# refuses WORDS [OPTION]...: nothing was asked of the kernel, nothing is left
refuses()
{
	: >"$FAKE_LOG"
	run 1 "$DUMPFLT" hibernate "${@:2}" "$image" && err "$1" && [ ! -s "$FAKE_LOG" ] && nothing_left
}

refuses 'it was built without hibernation'
result $? 'a kernel without hibernation'

machine '[disabled]' '[none] core' '[s2idle]'
refuses 'it does not allow hibernation'
result $? 'a kernel that forbids it'

machine '[shutdown] reboot' 'none [devices] core' '[s2idle]'
refuses "/sys/power/pm_test is 'none [devices] core'"
result $? 'one that only tries it'

machine 'shutdown [reboot] suspend' '[none] core' '[s2idle]'
refuses "the firmware has no mode 'platform'" --mode platform &&
	refuses 'the machine cannot suspend to memory' --mode suspend
result $? 'a mode that it does not have'

able
run 2 "$DUMPFLT" hibernate --compressor zip "$image" && err "'zip' is no compressor: lz4 or none"
result $? 'a compressor that there is not'

truncate -s 16M "$image"
refuses 'there is none'
result $? 'no dump area'

# fingerprint: of the area
fingerprint()
{
	"$DUMPFLT" show "$image" | sed -n 's/^fingerprint //p'
}

"$DUMPFLT" format "$image" >/dev/null
refuses 'it was not made for hibernation'
result $? 'a dump area for crash dumps'

large()
{
	rm "$image"
	truncate -s 9G "$image"
	installed age
	"$DUMPFLT" format --hibernation --filter age,origin=test:machine \
		--recipient "$(age-keygen 2>/dev/null | age-keygen -y)" "$image" >/dev/null || return 1
	echo 9000000000000 >"$power/image_size"
	run 1 "$DUMPFLT" hibernate --fingerprint "$(fingerprint)" --image-size 7000000000 --origin "$TMP/none" "$image" && err "'$TMP/none'" &&
		! err 'there is room for'
}
large
result $? 'an area of more than 4 GiB has room for such an image'

# Whoever can write to the disk can add whom to seal to, and every check of the disk is good
recipients()
{
	local mine theirs known upper

	mine=$(age-keygen 2>/dev/null | age-keygen -y)
	theirs=$(age-keygen 2>/dev/null | age-keygen -y)
	truncate -s 16M "$image"
	"$DUMPFLT" format --force --hibernation --filter age,origin=test:machine --recipient "$mine" "$image" >/dev/null 2>&1 || return 1
	known=$(fingerprint)
	upper=${known^^}
	refuses 'nobody has said which fingerprint it has' && err "'fingerprint = $known'" &&
		run 1 "$DUMPFLT" hibernate --fingerprint "$upper" --origin "$TMP/none" --image-size 0 "$image" && err "'$TMP/none'" &&
		printf '[hibernation]\ntarget = %s\nfingerprint = %s\norigin = %s\n' "$image" "$upper" "$TMP/none" >"$TMP/conf" &&
		run 1 "$DUMPFLT" hibernate -c "$TMP/conf" --image-size 0 && err "'$TMP/none'" &&
		"$DUMPFLT" format --force --hibernation --filter age,origin=test:machine --recipient "$mine" \
			--recipient "$theirs" "$image" >/dev/null 2>&1 &&
		refuses "its fingerprint is $(fingerprint), and not the one that it is to have" --fingerprint "$known" &&
		! err "'$TMP/none'"
}
recipients
result $? 'a recipient that was added on the disk gets no image'

key=$(age-keygen 2>/dev/null | age-keygen -y)

# While the machine runs it knows less than the disks
stale()
{
	rm "$image"
	truncate -s 16M "$image"
	head -c 32 /dev/urandom >"$TMP/machine.key"
	chmod 600 "$TMP/machine.key"
	head -c 200000 /dev/urandom >"$TMP/dump"
	"$DUMPFLT" format --hibernation --filter age,origin=test:machine --recipient "$key" "$image" >/dev/null 2>&1 &&
		"$BUILD/areagen" "$image" "$TMP/dump" "$key" "origin=$TMP/machine.key" complete || return 1
	run 1 "$DUMPFLT" hibernate --fingerprint "$(fingerprint)" --image-size 0 --origin "$TMP/none" "$image" && err 'it is released now' &&
		run 3 "$DUMPFLT" resume --noresume "$image" && run 1 "$DUMPFLT" hibernate --fingerprint "$(fingerprint)" --image-size 0 --origin "$TMP/none" "$image" &&
		! err 'it is released now'
}

# By an area that is too small, of which all else is right
refused_stale()
{
	"$BUILD/areagen" "$image" "$TMP/dump" "$key" "origin=$TMP/machine.key" complete &&
		run 1 "$DUMPFLT" hibernate --fingerprint "$(fingerprint)" --image-size 900000000000 "$image" && err 'there is room for' && err 'it is released now' &&
		run 3 "$DUMPFLT" resume --noresume "$image"
}

stale
result $? 'an image that no boot has resumed or released is released before a new one'
refused_stale
result $? 'and it is released, too, if the new one is refused'

# sized CONFIGURED KERNEL OPTION...: both sizes, and what hibernate says then
sized()
{
	printf '[hibernation]\ntarget = %s\norigin = %s\nfingerprint = %s\nimage_size = %s\n' "$image" "$TMP/none" \
		"$(fingerprint)" "$1" >"$TMP/conf"
	echo "$2" >"$power/image_size"
	run 1 "$DUMPFLT" hibernate "${@:3}"
}

sizes()
{
	local huge=900000000000

	sized $huge 0 -c "$TMP/conf" && err 'there is room for' && err 'or image_size of [hibernation]' &&
		sized 0 $huge -c "$TMP/conf" && err "'$TMP/none'" && ! err 'there is room for' &&
		sized $huge $huge -c "$TMP/conf" --image-size 0 && ! err 'there is room for' || return 1
	# of no configuration
	sized 0 $huge --fingerprint "$(fingerprint)" "$image" && err 'there is room for'
}
sizes
result $? 'image_size of the configuration counts, unless the command line has one'

finish
