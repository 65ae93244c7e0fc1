#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Somebody has made something else of a dump area, and its last header is still
# there: nothing that changes the area goes over that. What is only damaged is
# made good.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

# mkfs.ext4 and its like, for those who are not root
PATH=$PATH:/usr/sbin:/sbin
export FAKE_SAMPLE=$TMP/sample FAKE_MDF=good
"$BUILD/flatgen" 3 >"$FAKE_SAMPLE"
image=$TMP/image
conf=$TMP/capture.conf
: >"$TMP/vmcore"
printf '%s\n' '[stack]' "target = $image" '[dump]' "vmcore = $TMP/vmcore" \
	"makedumpfile = $TESTS/fake_makedumpfile" 'log = no' 'wait_for_target = 1' >"$conf"

# With a dump in slot 0
area()
{
	rm -rf "$image" "$TMP/folder"
	mkdir "$TMP/folder"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 2 "$image" >/dev/null && "$BUILD/areagen" "$image" "$FAKE_SAMPLE"
}

# front BYTES: what printf makes of them, in 4 KiB, in the place of header A
front()
{
	{ printf '%b' "$1" && head -c 4096 /dev/zero; } | head -c 4096 |
		dd of="$image" bs=4096 conv=notrunc status=none
}

# refused WORDS COMMAND...
refused()
{
	run 1 "$DUMPFLT" "${@:2}" && cmp -s "$image" "$TMP/before" && ! grep -q '/live=1' "$FAKE_LOG" && nothing_left &&
		err "ERROR: changing the dump area failed on '$image': in the place of header A it holds $1, which a header would go over" &&
		err "'wipefs --all' takes the rest away"
}

# kept WORDS: by all that changes an area
kept()
{
	cp "$image" "$TMP/before"
	: >"$FAKE_LOG"
	refused "$1" erase --all --force "$image" && refused "$1" repair --yes --force "$image" && refused "$1" release --all "$image" && refused "$1" release --slot 0 --force "$image" &&
		refused "$1" collect --release "$image" "$TMP/folder" && [ -z "$(ls "$TMP/folder")" ] &&
		refused "$1" capture -c "$conf" && refused "$1" capture -c "$conf" --dry-run &&
		refused "$1" create crash --target "$image" --area &&
		refused "$1" create crash --target "$image" --area --filter trace &&
		refused "$1" create crash --no-live --target "$image" --area
}

like='a file system or the like'
area && front 'LUKS\0272\0276\0000\0001' && kept "$like (crypto_LUKS)"
result $? 'LUKS'
area && cp "$image" "$TMP/swap" && mkswap -q "$TMP/swap" 2>/dev/null &&
	dd if="$TMP/swap" of="$image" bs=4096 count=1 conv=notrunc status=none && kept "$like (swap)"
result $? 'swap space'
# it does not use all of an odd size, so that the last header stays
area && mkfs.ext4 -q -F "$image" 12m && kept "$like (ext4)"
result $? 'ext4'
area && dd if="$FAKE_SAMPLE" of="$image" conv=notrunc bs=4096 count=1 status=none && kept 'a plain dump'
result $? 'a plain dump'

# Of all of a device, as dump-area.md has it
left()
{
	area && mkswap -q "$image" 2>/dev/null && run 0 "$DUMPFLT" show "$image" &&
		err "WARNING: header A of '$image' cannot be used" && area && mkfs.ext4 -q -F "$image" &&
		run 1 "$DUMPFLT" show "$image" && err 'there is none'
}
left
result $? 'mkswap leaves the last header, and mkfs.ext4 none'

# The dumps may yet be wanted, and nothing is written to get them
copied()
{
	area
	front 'LUKS\0272\0276\0000\0001'
	cp "$image" "$TMP/before"
	run 0 "$DUMPFLT" collect "$image" "$TMP/folder" && cmp -s "$TMP"/folder/*.dump "$FAKE_SAMPLE" &&
		run 0 "$DUMPFLT" extract --flattened --slot 0 --device "$image" - && cmp -s "$TMP/out" "$FAKE_SAMPLE" &&
		cmp -s "$image" "$TMP/before"
}
copied
result $? 'dumps can be copied out all the same'

wiped()
{
	wipefs -q --all "$image"
	run 0 "$DUMPFLT" release --all "$image" && err "WARNING: header A of '$image' cannot be used" &&
		run 0 "$DUMPFLT" show "$image" && silent
}
wiped
result $? 'what is wiped is not in the way, and header A is made good'

# The kernel would refuse it, having nobody to ask
nobodys()
{
	area
	dd if=/dev/urandom of="$image" bs=1024 count=1 conv=notrunc status=none
	cp "$image" "$TMP/before"
	: >"$FAKE_LOG"
	for command in "capture -c $conf" "capture -c $conf --dry-run" "create crash --target $image --area"; do
		# shellcheck disable=SC2086 # words of a command
		run 1 "$DUMPFLT" $command && cmp -s "$image" "$TMP/before" && ! grep -q '/live=1' "$FAKE_LOG" && nothing_left &&
			err 'in the place of header A it holds something that is neither a header nor zeros' &&
			err 'zeros over its first 64 KiB keep it' || return 1
	done
}
nobodys
result $? 'no stack is made where header A is garbage'

lost()
{
	area
	dd if=/dev/urandom of="$image" bs=1024 count=1 conv=notrunc status=none
	run 0 "$DUMPFLT" release --all "$image" && area &&
		dd if=/dev/zero of="$image" bs=65536 count=1 conv=notrunc status=none &&
		run 0 "$DUMPFLT" capture -c "$conf" && out ', slot 1' && run 0 "$DUMPFLT" show "$image" && silent
}
lost
result $? 'a header A that is garbage, or zeros, is one that was lost'

finish
