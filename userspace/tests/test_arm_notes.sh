#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt arm: what lets the next boot know that a crash has left no dump, and why.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/arm.sh disable=SC1091
. "$(dirname "$0")/arm.sh"

machine
arm 0
grep -q "\"boot\": *\"$boot\"" "$marker" && grep -q "\"area\": *\"$id\"" "$marker" && grep -q '"number": *0' "$marker"
result $? 'it is written down, where a crash leaves it, that the machine was armed'
run 0 "$DUMPFLT" disarm && [ ! -e "$marker" ]
result $? 'and not of one that was disarmed'
arm 0
printf '{"boot":"11111111-2f40-4d0c-8e61-5c2f1a3d9c11"}' >"$marker" && run 0 "$DUMPFLT" disarm && [ -e "$marker" ]
result $? 'what a boot that crashed has written down stays'
arm 0 && grep -q "$boot" "$marker" && grep -q 11111111 "${marker%.json}-11111111-2f40-4d0c-8e61-5c2f1a3d9c11.json"
result $? 'also when the machine is armed before anybody has looked'
rm -r "${marker%/*}" && : >"${marker%/*}" && run 0 "$DUMPFLT" disarm && arm 0 && err 'will not be noticed'
result $? 'armed, although that cannot be written down'

machine && watchdog a_wdt && module kernel/drivers/watchdog/b_wdt.ko '' && module kernel/drivers/watchdog/c_wdt.ko '' &&
	file sys/module/b_wdt/initstate 'live\n' && mkdir -p "$DUMPFLT_ROOT/sys/module/c_wdt" && arm 0 && image &&
	[ "$(grep -o '[abc]_wdt.ko$' "$TMP/image/etc/dumpflt/plan" | paste -sd' ')" = 'a_wdt.ko b_wdt.ko' ]
result $? 'drivers of watchdogs are in the image, if they are loaded'
machine && module kernel/ramoops.ko kernel/reed_solomon.ko && module kernel/reed_solomon.ko '' &&
	file sys/module/pstore/parameters/backend 'ramoops\n' && file sys/module/ramoops/parameters/mem_address '805306368\n' &&
	file sys/module/ramoops/parameters/mem_size '262144\n' && file sys/module/ramoops/parameters/ecc '1\n' &&
	arm 0 && image && order 'try kernel/reed_solomon.ko' 'try kernel/ramoops.ko mem_address=805306368 mem_size=262144 ecc=1' \
	'module kernel/virtio_ring.ko' 'module kernel/virtio_pci.ko' 'module kernel/virtio_blk.ko' \
	'try kernel/crc32c-intel.ko' 'module kernel/libcrc32c.ko' 'module extra/dumpflt.ko' \
	'try kernel/chacha-x86_64.ko' 'module extra/dumpflt-age.ko' 'module extra/dumpflt-digest.ko'
result $? 'so is a pstore in memory, with its options, before what may hang'
machine && module kernel/efi-pstore.ko '' && mkdir -p "$DUMPFLT_ROOT/sys/firmware/efi" && arm 0 && image &&
	grep -q '^try .*/efi-pstore.ko$' "$TMP/image/etc/dumpflt/plan"
result $? 'and that of EFI'
machine && module kernel/efi-pstore.ko '' && mkdir -p "$DUMPFLT_ROOT/sys/firmware/efi" &&
	file sys/module/pstore/parameters/backend 'erst\n' && arm 0 && image && ! grep -q pstore "$TMP/image/etc/dumpflt/plan"
result $? 'but not that of EFI where ACPI has one'

finish
