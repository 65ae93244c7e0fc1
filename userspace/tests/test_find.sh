#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An area is found by its id among many disks, some of which do not answer: those
# are passed over, and named.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

export DUMPFLT_ROOT=$TMP/root
block=$DUMPFLT_ROOT/sys/class/block
image=$DUMPFLT_ROOT/dev/vdb
folder=$DUMPFLT_ROOT/crash
conf=$TMP/dumpflt.conf
head -c 200000 /dev/urandom >"$TMP/dump"
mkdir -p "$block"/{vda,vdb,vdc} "$DUMPFLT_ROOT/dev" "$folder"
: >"$DUMPFLT_ROOT/dev/vda"
cp "$TMP/dump" "$DUMPFLT_ROOT/dev/vdc"
truncate -s 16M "$image"
"$DUMPFLT" format --slots 4 "$image" >/dev/null || exit 1
id=$("$DUMPFLT" show --json "$image" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')
printf '[area]\nid = %s\n[collect]\ndir = /crash\n' "$id" >"$conf"

# collect CODE: there is one more dump
collect()
{
	"$BUILD/areagen" "$image" "$TMP/dump" digest && run "$1" "$DUMPFLT" collect --config="$conf"
}

# dumps N: so many are there
dumps()
{
	[ "$(find "$folder" -name '*.dump' | wc -l)" -eq "$1" ]
}

passed_over()
{
	local start=$SECONDS

	FAKE_SILENT=$DUMPFLT_ROOT/dev/vdc collect 0 && dumps 1 && [ $((SECONDS - start)) -lt 40 ] &&
		err 'WARNING: these block devices do not answer, and were passed over: /dev/vdc'
}
passed_over
result $? 'a disk that does not answer is passed over, and named'

wanted()
{
	FAKE_SILENT=$image collect 1 && err "looking for the dump area failed on '$id': no block device holds it" &&
		err 'These do not answer, and may hold it: /dev/vdb.' && dumps 1
}
wanted
result $? 'one that may be the one is named, too'

# More than are looked at in one go
many()
{
	local i

	for ((i = 0; i < 200; i++)); do
		mkdir "$block/sd$i" && : >"$DUMPFLT_ROOT/dev/sd$i" || return 1
	done
	mkdir "$block/sd7!p1"
	collect 0 && silent && dumps 3
}
many
result $? '200 disks that answer'
mkdir "$block/vdd" && cp "$image" "$DUMPFLT_ROOT/dev/vdd" && collect 1 && err 'it is there twice, on /dev/vd'
result $? 'two that hold it'

finish
