#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A plain dump begins at the first byte of its target: what is recognised there
# is not written over, unless somebody says so.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

# mkfs.ext4 and its like, for those who are not root
PATH=$PATH:/usr/sbin:/sbin
export FAKE_SAMPLE=$TMP/sample FAKE_ARGS=$TMP/args FAKE_MDF=good
"$BUILD/flatgen" 3 >"$FAKE_SAMPLE"
image=$TMP/target
conf=$TMP/capture.conf
: >"$TMP/vmcore"

blank()
{
	rm -f "$image" "$FAKE_ARGS"
	truncate -s 32M "$image"
	: >"$FAKE_LOG"
}

# put OFFSET BYTES: as printf writes them
put()
{
	printf '%b' "$2" | dd of="$image" bs=1 seek="$1" conv=notrunc status=none
}

# configure [LINE]...: more lines of [stack]
configure()
{
	printf '%s\n' '[stack]' "target = $image" "$@" '[dump]' "vmcore = $TMP/vmcore" \
		"makedumpfile = $TESTS/fake_makedumpfile" 'log = no' 'wait_for_target = 1' >"$conf"
}

capture()
{
	run "$1" "$DUMPFLT" capture -c "$conf" "${@:2}"
}

refuses()
{
	err "ERROR: taking the target for a plain dump failed on '$image': it holds $1, which a dump would go over" &&
		err "$2 writes over what is there" && ! grep -q '/live=1' "$FAKE_LOG" && nothing_left
}

# kept WORDS: by create, capture and its rehearsal
kept()
{
	cp "$image" "$TMP/before"
	configure 'area = no'
	run 1 "$DUMPFLT" create crash --target "$image" && refuses "$1" --overwrite &&
		run 1 "$DUMPFLT" create crash --no-live --target "$image" && refuses "$1" --overwrite &&
		capture 1 && refuses "$1" 'overwrite = yes' && [ ! -e "$FAKE_ARGS" ] &&
		capture 1 --dry-run && refuses "$1" 'overwrite = yes' && cmp -s "$image" "$TMP/before"
}

like='a file system or the like'
blank && mkfs.ext4 -q -F "$image" && kept "$like (ext4)"
result $? 'ext4'
blank && mkswap -q "$image" 2>/dev/null && kept "$like (swap)"
result $? 'swap space'
blank && put 0 'LUKS\0272\0276\0000\0002' && put 8 '\0000\0000\0000\0000\0000\0000\0100\0000' && kept "$like (crypto_LUKS)"
result $? 'LUKS'
blank && put 512 'LABELONE\0001\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0040\0000\0000\0000LVM2 001' &&
	kept "$like (LVM2_member)"
result $? 'a physical volume of LVM, although its checksum is wrong'
blank && put 4096 '\0374\0116\0053\0251\0001\0000\0000\0000' && put 4224 '\0000' && put 4240 '\0010' && kept "$like (linux_raid_member)"
result $? 'a member of md RAID'
blank && put 65600 _BHRfS_M && kept "$like (btrfs)"
result $? 'btrfs, 64 KiB behind the beginning'
blank && put 32768 '\0001CD001\0001' && kept "$like (iso9660)"
result $? 'ISO 9660'

mbr()
{
	put 446 '\0000\0000\0002\0000\0203\0377\0377\0377\0001\0000\0000\0000\0377\0177\0000\0000'
	put 510 '\0125\0252'
}
blank && mbr && kept 'a partition table (dos)'
result $? 'a partition table in the MBR'

# Its entries are damaged, and so is its backup at the end
gpt()
{
	local at

	put 446 '\0000\0000\0002\0000\0356\0377\0377\0377\0001\0000\0000\0000\0377\0377\0000\0000'
	put 510 '\0125\0252'
	for at in 512 $((32 * 1048576 - 512)); do
		put "$at" 'EFI PART\0000\0000\0001\0000\0134\0000\0000\0000'
	done
}
blank && gpt && kept 'a partition table (PMBR)'
result $? 'a GPT'

created()
{
	blank
	run 0 "$DUMPFLT" create crash --target "$image" && run 0 "$DUMPFLT" destroy crash
}
created
result $? 'create: a blank target is taken'

captured()
{
	blank
	configure "$@"
	capture 0 && cmp -s -n "$(stat -c %s "$FAKE_SAMPLE")" "$FAKE_SAMPLE" "$image"
}
captured 'area = no'
result $? 'area = no: a blank target is taken'

again()
{
	configure 'area = no'
	capture 0
}
again
result $? 'so is one with an earlier plain dump'

by_name()
{
	blank
	mkfs.ext4 -q -F "$image"
	configure 'overwrite = yes'
	capture 0 --dry-run && out 'what is there is written over' && capture 0 &&
		cmp -s -n "$(stat -c %s "$FAKE_SAMPLE")" "$FAKE_SAMPLE" "$image" && blank && mkfs.ext4 -q -F "$image" &&
		run 0 "$DUMPFLT" create crash --target "$image" --overwrite && run 0 "$DUMPFLT" destroy crash
}
by_name
result $? 'overwrite = yes, and --overwrite: it is written over'

# However plain it was meant to be: the dumps in an area are kept
area_kept()
{
	blank
	"$DUMPFLT" format "$image" >/dev/null
	configure 'overwrite = yes'
	capture 0 && out ', slot 0' && run 1 "$DUMPFLT" create crash --target "$image" --overwrite &&
		err 'last_error: target holds a dump area'
}
area_kept
result $? 'overwrite = yes does not go over a dump area'

# What is in its slots may be whole, however little is left of its headers
area_damaged()
{
	blank
	"$DUMPFLT" format "$image" >/dev/null
	put 600 X && put $((32 * 1048576 - 65536 + 600)) X && cp "$image" "$TMP/before"
	run 1 "$DUMPFLT" create crash --target "$image" && err 'it holds a dump area, which a dump would go over' &&
		err 'Zeros over its first and last 64 KiB remove it' && dd if=/dev/zero of="$image" bs=64k count=1 conv=notrunc status=none &&
		run 1 "$DUMPFLT" create crash --target "$image" && err 'it holds a dump area, which a dump would go over' &&
		! grep -q '/live=1' "$FAKE_LOG" && nothing_left
}
area_damaged
result $? 'nor does create take a damaged one for a plain dump'

no_area()
{
	blank
	configure
	capture 1 && err "ERROR: looking for a dump area failed on '$image': there is none" && [ ! -s "$FAKE_LOG" ] &&
		capture 1 --dry-run && err 'there is none'
}
no_area
result $? 'nothing said: the target has to hold a dump area'

both()
{
	blank
	configure 'area = no'
	run 2 "$DUMPFLT" create crash --target "$image" --area --overwrite &&
		err '--overwrite and --area exclude each other' && nothing_left
}
both
result $? 'both at once make no sense'

finish
