#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A file that somebody uses through a loop device: no command changes it, whatever
# it was told, as the kernel would let it.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image
loop=$TMP/sys/block/loop0
export DUMPFLT_MOUNTINFO=$TMP/mountinfo
head -c 200000 /dev/urandom >"$TMP/dump"

# behind_loop: an area with a dump, in a file that is attached to loop0, unused
behind_loop()
{
	rm -rf "$image" "${TMP:?}/sys/block" "${TMP:?}/dev" "$TMP/config/dumpflt"
	mkdir -p "$TMP/sys/block" "$TMP/dev" "$TMP/config/dumpflt"
	echo '22 1 8:1 / / rw - ext4 /dev/sda1 rw' >"$TMP/mountinfo"
	truncate -s 16M "$image"
	"$DUMPFLT" format "$image" >/dev/null || return 1
	"$BUILD/areagen" "$image" "$TMP/dump" digest || return 1
	mkdir -p "$loop/loop" "$loop/holders" "$loop/loop0p1/holders"
	echo "$image" >"$loop/loop/backing_file"
	echo 7:0 >"$loop/dev"
	echo 259:3 >"$loop/loop0p1/dev"
	: >"$TMP/dev/loop0"
	printf '100000 %s\n' "$(stat -c %i "$TMP/dev/loop0")" >"$loop/.node"
	cp "$image" "$TMP/before"
}

# refused WORDS: by each command that changes an area, and the image is as it was
refused()
{
	local command

	mkdir -p "$TMP/kept"
	for command in "format --force $image" "format $image" "release --slot 0 $image" \
		"release --all --force $image" "erase --all --force $image" "repair --yes --force $image" "collect --release $image $TMP/kept"; do
		# shellcheck disable=SC2086 # words
		run 1 "$DUMPFLT" $command </dev/null && cmp "$image" "$TMP/before" &&
			err "ERROR: opening failed on '$image': it is behind /dev/loop0, which is $1" &&
			err 'take that down first' && rmdir "$TMP/kept" && mkdir "$TMP/kept" || return 1
	done
}

mounted()
{
	behind_loop && echo '30 22 7:0 / /mnt/old,dumps rw - ext4 /dev/loop0 rw' >>"$TMP/mountinfo" &&
		refused "mounted on '/mnt/old,dumps'"
}
mounted
result $? 'its loop device is mounted'

# btrfs has a number of its own
by_name()
{
	behind_loop && echo '30 22 0:44 /sub /mnt rw,x shared:1 - btrfs /dev/loop0 rw' >>"$TMP/mountinfo" &&
		refused "mounted on '/mnt'"
}
by_name
result $? 'mounted under another number'

partition()
{
	behind_loop && echo '30 22 259:3 / /mnt rw - ext4 /dev/loop0p1 rw' >>"$TMP/mountinfo" &&
		refused "mounted on '/mnt'"
}
partition
result $? 'a partition of it is mounted'

held()
{
	behind_loop && mkdir "$loop/holders/dm-0" && refused "used by 'dm-0'" &&
		rmdir "$loop/holders/dm-0" && mkdir "$loop/loop0p1/holders/md127" && refused "used by 'md127'"
}
held
result $? 'another device is over it, or over its partition'

stack()
{
	behind_loop && mkdir "$TMP/config/dumpflt/crash" && echo 1 >"$TMP/config/dumpflt/crash/live" &&
		echo "$TMP/dev/loop0" >"$TMP/config/dumpflt/crash/target" &&
		refused "the target of the stack 'crash'" &&
		echo 0 >"$TMP/config/dumpflt/crash/live" && run 0 "$DUMPFLT" release --slot 0 "$image"
}
stack
result $? 'a live stack has it as target'

# What only reads may: nothing gets lost
reads()
{
	behind_loop && echo '30 22 7:0 / /mnt rw - ext4 /dev/loop0 rw' >>"$TMP/mountinfo" &&
		run 0 "$DUMPFLT" show "$image" && run 0 "$DUMPFLT" verify "$image" &&
		run 0 "$DUMPFLT" extract --raw --device "$image" - && cmp -s "$TMP/out" "$TMP/dump" &&
		run 0 "$DUMPFLT" collect "$image" "$TMP/kept" && rm -r "$TMP/kept"
}
reads
result $? 'reading is let be'

others()
{
	behind_loop && echo '30 22 7:0 / /mnt rw - ext4 /dev/loop0 rw' >>"$TMP/mountinfo" &&
		cp "$image" "$TMP/other" && run 0 "$DUMPFLT" release --slot 0 "$TMP/other" &&
		behind_loop && run 0 "$DUMPFLT" format --force "$image"
}
others
result $? 'another file, and a loop device that nobody uses'

# lock_byte BYTE: a process locks this byte as QEMU does, until its standard input ends
lock_byte()
{
	# shellcheck disable=SC2016 # perl's
	perl -e 'use Fcntl; open(my $f, "+<", $ARGV[0]) or die; my $lock = pack("s s x4 q q i x4", F_RDLCK, 0, $ARGV[1], 1, 0);
		fcntl($f, 37, $lock) or die; open(my $t, ">", $ARGV[2]); close($t); <STDIN>' "$image" "$1" "$TMP/held"
}

# held_image BYTE: nobody changes it, and whoever reads it may
held_image()
{
	local command code=0 holder

	behind_loop && rm -rf "${TMP:?}/sys/block" "$TMP/held" "$TMP/kept" "$TMP/hold" && mkdir "$TMP/sys/block" "$TMP/kept" &&
		mkfifo "$TMP/hold" || return 1
	lock_byte "$1" <"$TMP/hold" &
	holder=$!
	exec 8>"$TMP/hold"
	until [ -e "$TMP/held" ] || ! kill -0 "$holder" 2>/dev/null; do sleep 0.05; done
	for command in "format --force $image" "release --slot 0 $image" "erase --slot 0 --force $image" "repair --yes --force $image" "collect --release $image $TMP/kept"; do
		# shellcheck disable=SC2086 # words
		run 1 "$DUMPFLT" $command </dev/null && err "opening failed on '$image': a virtual machine has it open" &&
			err 'shut it down first' && cmp "$image" "$TMP/before" || code=1
	done
	run 0 "$DUMPFLT" verify "$image" && run 0 "$DUMPFLT" collect "$image" "$TMP/kept" || code=1
	exec 8>&-
	wait "$holder" && run 0 "$DUMPFLT" release --slot 0 "$image" && [ "$code" -eq 0 ]
}
for byte in 100 101 103 201; do
	held_image "$byte"
	result $? "a virtual machine has it open (byte $byte)"
done
! held_image 99 && ! err 'virtual machine' && ! held_image 300 && ! err 'virtual machine'
result $? 'other locks are nobody'"'"'s disk'

finish
