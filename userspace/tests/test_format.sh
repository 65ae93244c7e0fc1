#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt format: what it makes, what it refuses and what it asks before it
# destroys something, and that a cut leaves nothing that looks like a dump.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

# mkfs.ext4 and its like, for those who are not root
PATH=$PATH:/usr/sbin:/sbin
image=$TMP/image
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"

# blank [SIZE]: an image with nothing in it
blank()
{
	rm -f "$image"
	truncate -s "${1:-16M}" "$image"
}

format()
{
	run "$1" "$DUMPFLT" format "${@:2}" "$image"
}

# with_dump: an area with a dump in it
with_dump()
{
	blank && format 0 && "$BUILD/areagen" "$image" "$dump" digest
}

# unchanged COMMAND...: the command succeeds and leaves the image as it was
unchanged()
{
	cp "$image" "$TMP/before" && "$@" && cmp "$image" "$TMP/before"
}

# on_terminal ANSWER CODE [OPTION]...: format, on a terminal, answered once it has asked; an
# answer before that, Ctrl-C above all, would meet a program that is still starting. Ctrl-C
# goes to all who are on the terminal, and ends a shell that stayed: hence exec
on_terminal()
{
	local typescript=$TMP/typescript

	rm -f "$typescript"
	(for _ in {1..300}; do
		if [ -z "$1" ] || grep -qs 'Type yes' "$typescript"; then
			break
		fi
		sleep 0.1
	done; printf '%b' "$1") |
		run "$2" script -qefc "exec '$DUMPFLT' format ${*:3} '$image'" "$typescript"
}

plain()
{
	blank
	format 0 && out "slots       2, each for a dump of up to 8060928 bytes (7.7 MiB)" &&
		out "area        $image, 16.0 MiB, made " &&
		out 'when full   keep the dumps, refuse a new one' &&
		out 'policy      any filters, or none' && out 'slot 0      EMPTY' &&
		out 'slot 1      EMPTY' && silent
}
plain
result $? 'an area with 2 slots, and how large a dump they hold'

# of_memory MIB CODE [OPTION]...: on a machine with so much in use
of_memory()
{
	printf '%s kB\n' "MemTotal: $((($1 + 100) * 1024))" 'MemFree: 51200' 'Buffers: 10240' 'Cached: 20480' \
		'AnonPages: 20480' >"$TMP/meminfo"
	DUMPFLT_MEMINFO=$TMP/meminfo format "$2" "${@:3}"
}

small_slots()
{
	blank && of_memory 15 0 && silent && of_memory 18 0 &&
		err "WARNING: a slot of '$image' holds 7 MiB, and a dump of this machine is likely to need 9 MiB" &&
		err 'Format it with fewer slots, or use a larger device.' && out 'slot 1      EMPTY' &&
		of_memory 18 0 --slots 1 && silent && of_memory 18 0 --json && err 'likely to need 9 MiB' &&
		FAKE_NO_TARGET=1 of_memory 18 0 && silent
}
small_slots
result $? 'of slots that a dump of this machine is not likely to fit into it is warned, but for an image file'

json()
{
	blank
	format 0 --json --slots 3 --overwrite --record-size 128 \
		--filter 'note,key=a\,b,mode=x' --filter digest \
		--critical digest --start-optional note &&
		[ "$(wc -l <"$TMP/out")" -eq 1 ] && out '"record_size":128,"overwrite":true,' &&
		out '{"name":"note","number":10,"critical":false,"start_optional":true,' &&
		out '{"name":"digest","number":20,"critical":true,"start_optional":false,' &&
		out '{"slot":2,"state":"EMPTY"}' &&
		run 0 "$DUMPFLT" show "$image" && out '20-digest, critical' &&
		out 'key=a,b' && out 'mode=x' && out 'overwrite the oldest dump'
}
json
result $? 'every option is in the area, JSON'

# What digest keeps is on the disk in the clear
leaks()
{
	local key

	key=$(age-keygen 2>/dev/null | age-keygen -y)
	blank
	unchanged format 2 --filter digest --filter age --recipient "$key" &&
		err "ERROR: format: filter 'digest' before 'age' leaves what it keeps of the plain text, such as hashes, on the disk: put it behind" &&
		unchanged format 2 --filter digest --filter trace --filter crypt,key=x &&
		err "filter 'digest' before 'crypt' leaves" &&
		format 0 --filter crypt,key=x --filter digest --filter trace && blank &&
		format 0 --filter trace --filter age --recipient "$key" --filter digest
}
leaks
result $? 'a filter that keeps hashes of what one behind it seals'

# No key opens what another filter has made of it
breaks_seal()
{
	local key

	key=$(age-keygen 2>/dev/null | age-keygen -y)
	blank
	unchanged format 2 --filter age --recipient "$key" --filter digest --filter crypt,key=x &&
		err "ERROR: format: filter 'age' before 'crypt' seals what that one then changes, so that no key opens it: put it behind" &&
		format 0 --filter crypt,key=x --filter age --recipient "$key" --filter digest
}
breaks_seal
result $? 'a filter that changes what age has sealed'

uuid()
{
	blank
	format 0 --json && head -c 60 "$TMP/out" >"$TMP/first" && format 0 --json &&
		! head -c 60 "$TMP/out" | cmp -s - "$TMP/first"
}
uuid
result $? 'an area without dumps is made anew without a question, with another UUID'

# Both ends of a device whose size is no multiple of 64 KiB
odd_size()
{
	blank $((16777216 + 12345))
	format 0 && head -c 16 "$image" | cmp -s - <(printf 'DUMPFLT-AREA\r\n\032\n') &&
		tail -c +$((16777216 - 65536 + 1)) "$image" | head -c 16 |
		cmp -s - <(printf 'DUMPFLT-AREA\r\n\032\n')
}
odd_size
result $? 'both headers, on a size that is not even'

# refused TEXT OPTION...: with an error, and nothing is written
refused()
{
	unchanged format 1 "${@:2}" && err "ERROR: formatting failed on '$image': " && err "$1"
}
blank 655360
refused '655360 bytes in 2 slots: too small for that many slots' &&
	err 'The least is 327680 bytes for each slot and 131072 for the headers.' &&
	blank $((2 * 327680 + 131072)) && format 0 && blank $((2 * 327680 + 131071)) && refused 'too small'
result $? 'too small'
blank 1M
unchanged format 2 --record-size 24 && err '--record-size: 24 is no power of two'
result $? 'a record size that is no power of two'

long_policy()
{
	local value options=() i

	value=$(head -c 3900 /dev/zero | tr '\0' x)
	for i in a b c d e; do
		options+=(--filter "$i,key=$value")
	done
	blank
	refused 'the policy: too many or too long options' "${options[@]}"
}
long_policy
result $? 'a policy that does not fit'

not_a_device()
{
	run 1 "$DUMPFLT" format "$TMP/none" &&
		err "ERROR: opening failed on '$TMP/none': No such file or directory" &&
		run 1 "$DUMPFLT" format /dev/null &&
		err "ERROR: opening failed on '/dev/null': it is neither a block device nor a file" &&
		run 1 "$DUMPFLT" format "$TMP"
}
not_a_device
result $? 'what is no device and no file'

zoned()
{
	blank
	FAKE_ZONED=1 refused 'it is a zoned device' &&
		FAKE_ZONED=1 refused 'it is a zoned device' --force
}
zoned
result $? 'a zoned device is refused, even with --force'

# recognised WORDS: there is something that is only destroyed if one says so
recognised()
{
	refused "$1" </dev/null && err '       To destroy that, use --force.' &&
		format 0 --force </dev/null && [ "$(blkid -p "$image")" = '' ] &&
		[ "$(wipefs --noheadings "$image")" = '' ]
}
blank && mkfs.ext4 -q -F "$image" && recognised 'it holds a file system or the like (ext4)'
result $? 'a file system: only with --force, and then it is gone'
blank && mkswap -q "$image" 2>/dev/null && recognised 'it holds a file system or the like (swap)'
result $? 'swap space'

# Where no header comes to be: the magic of btrfs is 64 KiB behind the beginning
btrfs()
{
	blank
	printf _BHRfS_M | dd of="$image" bs=1 seek=65600 conv=notrunc status=none
	recognised 'it holds a file system or the like (btrfs)'
}
btrfs
result $? 'a signature that the headers do not go over'

# A GPT with its backup at the end; both are damaged
gpt()
{
	local at header=EFI\ PART

	blank
	# protective MBR: one partition of type EE over the whole disk
	printf '\0\0\2\0\356\377\377\377\1\0\0\0\377\177\0\0' |
		dd of="$image" bs=1 seek=446 conv=notrunc status=none
	printf '\125\252' | dd of="$image" bs=1 seek=510 conv=notrunc status=none
	for at in 512 $((16777216 - 512)); do
		printf '%s\0\0\1\0\134\0\0\0' "$header" |
			dd of="$image" bs=1 seek="$at" conv=notrunc status=none
	done
	recognised 'it holds a partition table ('
}
gpt
result $? 'a partition table'

dumps()
{
	with_dump && recognised 'it holds a dump area with dumps in 1 of its slots, 1 of them not released' &&
		run 3 "$DUMPFLT" verify "$image" && with_dump &&
		run 0 "$DUMPFLT" release --slot 0 "$image" &&
		recognised 'with dumps in 1 of its slots, 0 of them not released'
}
dumps
result $? 'a dump area with a dump in it'

damaged()
{
	with_dump && for at in 20000 $((16777216 - 65536 + 20000)); do
		printf x | dd of="$image" bs=1 seek="$at" conv=notrunc status=none
	done
	recognised 'it holds a damaged dump area, in which there may be dumps'
}
damaged
result $? 'a dump area of which both headers are damaged'

with_dump
unchanged on_terminal 'no\n' 1 && out "Destroy it? Type yes: " &&
	out "ERROR: formatting failed on '$image': not confirmed, nothing was changed"
result $? 'asked on a terminal: no'
unchanged on_terminal '\004' 1 && out 'not confirmed, nothing was changed'
result $? 'asked on a terminal: end of input'
unchanged on_terminal '\003' 1 && out 'stopped by SIGINT, nothing was changed'
result $? 'asked on a terminal: Ctrl-C'
on_terminal 'yes\n' 0 && out 'slot 0      EMPTY'
result $? 'asked on a terminal: yes'
with_dump
on_terminal '' 0 --force && ! out 'Type yes'
result $? '--force does not ask'

# What is on the disk before the headers say that there is an area
order()
{
	with_dump
	rm -f "$TMP/disk"
	FAKE_DISK_LOG=$TMP/disk format 0 --force --slots 1 &&
		printf '%s\n' 'pwrite 0 65536' 'pwrite 16711680 65536' \
			'pwrite 16646144 65536' fsync 'pwrite 0 32768' \
			'pwrite 16711680 32768' fsync | cmp -s - "$TMP/disk"
}
order
result $? 'old headers and receipts are gone, and flushed, before there is a new header'

# judge: the image is the area with the dump, whole, or has no dump in it at all
judge()
{
	if run 0 "$DUMPFLT" verify "$image"; then
		run 0 "$DUMPFLT" extract --raw --device "$image" - &&
			cmp -s "$TMP/out" "$dump"
		return
	fi
	! err Sanitizer && run '1|3' "$DUMPFLT" extract --raw --device "$image" - &&
		[ ! -s "$TMP/out" ]
}

# The power goes in the middle of every write, at every sector of a header
cuts()
{
	local write bytes whole=0 none=0

	with_dump
	cp "$image" "$TMP/with-dump"
	for write in 1 2 3 4 5 6; do
		for bytes in 0 512 17408 32256 32768; do
			cp "$TMP/with-dump" "$image"
			FAKE_PWRITE="$write $bytes 0" format 137 --force || return 1
			judge || return 1
			if [ -s "$TMP/out" ]; then
				whole=$((whole + 1))
			else
				none=$((none + 1))
			fi
			format 0 --force && run 3 "$DUMPFLT" verify --all "$image" || return 1
		done
	done
	echo "# $whole cuts left the dump, $none left none"
	[ "$whole" -gt 0 ] && [ "$none" -gt 0 ]
}
cuts
result $? 'the power goes while it writes: the old dump is there, or none'

write_errors()
{
	local write

	for write in 1 3 5 6; do
		with_dump
		FAKE_PWRITE="$write 512 28" format 1 --force &&
			err "ERROR: writing the dump area failed on '$image': No space left on device" &&
			! out slots || return 1
	done
	for write in 1 2; do
		FAKE_FSYNC="$write 5" format 1 --force &&
			err "ERROR: writing the dump area failed on '$image': Input/output error" ||
			return 1
	done
}
write_errors
result $? 'a write or a flush fails: an error, and no geometry'

# A file system without room for the blocks that an image does not have yet
full_disk()
{
	blank
	(ulimit -f 1024; format 1) && err 'File too large' && ! out slots
}
full_disk
result $? 'an image that cannot get its blocks'

stopped()
{
	blank
	mkfs.ext4 -q -F "$image"
	# pending before it begins to write
	unchanged run 1 env --block-signal=TERM bash -c 'kill -s TERM $$; exec "$@"' - \
		"$DUMPFLT" format --force "$image" &&
		err 'stopped by SIGTERM, nothing was changed'
}
stopped
result $? 'a signal before it writes: nothing is changed'
blank
FAKE_SIGNAL=2 format 0 && out 'slot 1      EMPTY'
result $? 'Ctrl-C while it writes: it goes on to the end'

finish
