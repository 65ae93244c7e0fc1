#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What is no dump area, and may be the only dump there is: dumpflt format asks before it goes over
# it, and show, verify and extract say what it is, and never to format it.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

image=$TMP/image

# holds BYTES: in front of an image that is large enough for an area
holds()
{
	rm -f "$image"
	truncate -s 16M "$image"
	printf %b "$1" | dd of="$image" conv=notrunc status=none
}

# kept WORDS: format refuses, for what it is, and the image is as it was
kept()
{
	cp "$image" "$TMP/before"
	run 1 "$DUMPFLT" format "$image" </dev/null &&
		err "ERROR: formatting failed on '$image': it $1" && err 'To destroy that, use --force.' &&
		cmp "$image" "$TMP/before"
}

# told HINT [COMMAND]...: show, verify and extract say that, or only these commands
told()
{
	local ask hint=$1

	shift
	[ $# -gt 0 ] || set -- show verify 'extract --raw --device' 'extract --salvage --device'
	for ask; do
		local out=()

		[[ $ask != extract* ]] || out=("$TMP/none")
		# shellcheck disable=SC2086 # words
		run 1 "$DUMPFLT" $ask "$image" "${out[@]}" && err "there is none" && err "$hint" &&
			! err 'dumpflt format' && [ ! -e "$TMP/none" ] || return 1
	done
}

stream()
{
	"$BUILD/flatgen" 3 >"$TMP/stream"
	holds '' && dd if="$TMP/stream" of="$image" conv=notrunc status=none &&
		kept 'holds a plain dump' &&
		run 1 "$DUMPFLT" show "$image" && ! err 'dumpflt format' &&
		err "It holds a plain dump: 'dumpflt extract --device $image OUT' writes it" &&
		run 0 "$DUMPFLT" extract --device "$image" "$TMP/vmcore" &&
		run 0 "$DUMPFLT" format --force "$image"
}
stream
result $? 'a plain dump'

cut_stream()
{
	head -c 20000 "$TMP/stream" >"$image"
	truncate -s 16M "$image"
	kept 'holds a plain dump' && told "It holds a plain dump: " show verify 'extract --raw --device'
}
cut_stream
result $? 'a plain dump that is cut'

vmcore()
{
	local magic

	for magic in 'KDUMP   ' DISKDUMP; do
		holds "$magic\\6\\0\\0\\0" && kept 'holds a dump as makedumpfile writes it' &&
			told 'open it with crash or drgn' || return 1
	done
	holds '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0' && kept 'holds a dump as an ELF core' && told 'crash' &&
		holds '\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\4' && kept 'holds a dump as an ELF core'
}
vmcore
result $? 'a dump as a debugger opens it'

age()
{
	holds 'age-encryption.org/v1\n-> X25519' && kept 'holds an age file' &&
		run 1 "$DUMPFLT" show "$image" && err "reading the receipt failed on '$image.json'" &&
		err "It holds an age file: open it with 'dumpflt extract --identity KEY --device $image OUT'" &&
		! err 'dumpflt format' &&
		run 2 "$DUMPFLT" extract --device "$image" "$TMP/none" && err "'$image' is an age file: --identity is needed" &&
		holds '-----BEGIN AGE ENCRYPTED FILE-----\n' && kept 'holds an age file, armored' && told 'It holds an age file, armored' show verify
}
age
result $? 'an age file'

# Of a device nobody knows what it was used for; of a file, somebody does
other()
{
	local at

	holds '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0' && kept 'is a file that holds something that is not recognised' &&
		told 'Is this the right device? It holds something that is not recognised.' || return 1
	for at in 8388608 16777215; do
		holds '' && printf x | dd of="$image" bs=1 seek="$at" conv=notrunc status=none &&
			kept 'is a file that holds something that is not recognised' || return 1
	done
	holds '' && mkfs.ext4 -q -F "$image" && told 'It holds a file system or the like (ext4)'
}
other
result $? 'a file with anything in it but zeros'

zeros()
{
	holds '' && run 1 "$DUMPFLT" show "$image" && err "'dumpflt format' makes a dump area." &&
		head -c 16M /dev/zero >"$image" && run 0 "$DUMPFLT" format "$image" </dev/null &&
		run 0 "$DUMPFLT" format "$image" </dev/null
}
zeros
result $? 'a file of zeros, with and without holes, and an area without dumps: nothing is asked'

finish
