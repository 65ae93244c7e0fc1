#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The tool for an initramfs: it needs no library that a capture kernel has no
# memory for, and does what there is to do there.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

small=$BUILD/../initramfs/dumpflt
large=$TESTS/../dumpflt

# needs TOOL LIBRARY: at its start
needs()
{
	run 0 readelf -d "$1" && grep -q "NEEDED.*\[$2\.so" "$TMP/out"
}

needs "$small" libjson-c
result $? 'what a library is called here is known'
crc=libext2fs
needs "$large" libisal && crc=libisal
! needs "$small" libisal
result $? "that of an initramfs has no ISA-L, which is larger than it; the tool's CRC-32C is by $crc"
for library in libcrypto libblkid "$crc"; do
	needs "$large" "$library" && ! needs "$small" "$library"
	result $? "the tool needs $library, that of an initramfs does not"
done

for command in create destroy start finish status list capture; do
	run 0 "$large" "$command" --help && cp "$TMP/out" "$TMP/expected" &&
		run 0 "$small" "$command" --help && cmp -s "$TMP/out" "$TMP/expected"
	result $? "$command is in it"
done

run 2 "$small" verify && err "'verify' is not a command"
result $? 'what reads dump areas is not, and it says so'

finish
