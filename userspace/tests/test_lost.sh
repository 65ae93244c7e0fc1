#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt collect --config after a crash that left no dump: what the capture kernel noted
# is kept and said once; without a note, what else tells that there was a crash.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

export DUMPFLT_ROOT=$TMP/root
image=$DUMPFLT_ROOT/dev/vdb
folder=$DUMPFLT_ROOT/var/crash
pstore=$DUMPFLT_ROOT/sys/fs/pstore
archive=$DUMPFLT_ROOT/var/lib/systemd/pstore
marker=$DUMPFLT_ROOT/var/lib/dumpflt/armed.json
conf=$TMP/dumpflt.conf
crashed=8b6ff1de-2f40-4d0c-8e61-5c2f1a3d9c11
dump=$TMP/dump
head -c 200000 /dev/urandom >"$dump"

# machine: the boot before was armed, when nothing was in the area
machine()
{
	rm -rf "$DUMPFLT_ROOT"
	mkdir -p "$DUMPFLT_ROOT"/{dev,proc/sys/kernel/random,sys/class/block/vdb,var/log} "$folder" "$pstore" \
		"$archive" "${marker%/*}"
	echo 11111111-2222-3333-4444-555555555555 >"$DUMPFLT_ROOT/proc/sys/kernel/random/boot_id"
	truncate -s 16M "$image"
	"$DUMPFLT" format --slots 4 "$image" >/dev/null
	id=$("$DUMPFLT" show --json "$image" | sed 's/.*"uuid":"\([0-9a-f]*\)".*/\1/')
	printf '[area]\nid = %s\n[collect]\ndir = /var/crash\n' "$id" >"$conf"
	armed "$crashed" 0
}

# armed BOOT NUMBER
armed()
{
	printf '{"boot":"%s","area":"%s","since":1795000000,"number":%s}' "$1" "$id" "$2" >"$marker"
}

# note FILE BOOT WORDS: as a kernel's log has it
note()
{
	mkdir -p "$(dirname "$1")"
	printf 'Panic#1 Part1\n<6>[    3.1] x\n<2>[    4.2] dumpflt: no dump of boot %s: %b\n<6>[    5.0] sysrq: Trigger a crash\n' "$2" "$3" >"$1"
	touch -d 2026-11-27T02:30:00Z "$1"
}

collect()
{
	run "$1" "$DUMPFLT" collect --config="$conf" --announce "${@:2}"
}

# kept TEXT: there is one folder, for its owner only, and that is in it
kept()
{
	[ "$(find "$folder" -mindepth 1 -maxdepth 1 -name "*-no-dump-${crashed:0:8}" | wc -l)" -eq 1 ] &&
		[ "$(stat -c %a "$folder"/*-no-dump-*)" = 700 ] && grep -qF -- "$1" "$folder"/*-no-dump-*/summary.txt
}

# once: it is not said again
once()
{
	[ ! -e "$marker" ] && collect 0 && ! err 'no dump'
}

machine && run 0 "$DUMPFLT" collect --config="$conf" && [ -e "$marker" ] && out 'nothing to collect'
result $? 'who tries a file by hand is told nothing, and it waits for the service'
machine && note "$pstore/dmesg-ramoops-0" "$crashed" 'no module\033[31m' && collect 4 &&
	err "WARNING: a crash left no dump: no module?[31m" && kept 'reason   no module?[31m' &&
	[ -d "$folder/20261127T023000Z-no-dump-${crashed:0:8}" ] && [ ! -e "$pstore/dmesg-ramoops-0" ] && once
result $? 'a note in pstore is said, kept, and taken out of there'
machine && note "$archive/1795000/001/dmesg.txt" "$crashed" 'no module' && collect 4 --json &&
	out "\"result\":\"no dump\",\"reason\":\"no module\",\"boot\":\"$crashed\",\"folder\":\"$folder/2026" &&
	kept 'reason   no module' && [ -e "$archive/1795000/001/dmesg.txt" ] && once
result $? 'one that systemd has archived, too, and it stays there'
machine && note "$pstore/dmesg-efi-1" 22222222-2f40-4d0c-8e61-5c2f1a3d9c11 'no module' && collect 4 &&
	err 'there is no note that says why' && ! err 'no module' && kept 'reason   not known' &&
	[ -e "$pstore/dmesg-efi-1" ] && once
result $? 'that of another boot is none of this crash, and stays'
machine && note "$pstore/dmesg-efi-1" "$crashed" "$(head -c 5000 /dev/zero | tr '\0' x)" && collect 4 &&
	kept 'reason   xxx' && once
result $? 'a long one is cut'
machine && ln -s "$dump" "$pstore/dmesg-efi-1" && mkfifo "$pstore/dmesg-efi-2" && mkdir "$pstore/dmesg-efi-3" &&
	note "$pstore/dmesg-efi-4" "$crashed" why && collect 4 && kept 'reason   why' && once
result $? 'what is no file is passed over'

machine && "$BUILD/areagen" "$image" "$dump" failed && collect 4 && ! err 'a crash left' && err 'FAILED' && once_more=$("$DUMPFLT" show "$image") &&
	grep -q '^slot 0 .*FAILED' <<<"$once_more" && [ -z "$(find "$folder" -name '*no-dump*')" ]
result $? 'a dump that was begun and failed is in the area, with its reason, whether there is a pstore or not'
machine && collect 4 && err 'a crash left no dump: the machine was armed, and went down without a shutdown' &&
	kept 'The capture kernel left no note' && once
result $? 'a crash without a note'
machine && "$BUILD/areagen" "$image" "$dump" && collect 0 && ! err 'no dump' && once &&
	[ -z "$(find "$folder" -name '*no-dump*')" ]
result $? 'a crash whose dump is there is none without one'
machine && "$BUILD/areagen" "$image" "$dump" && armed "$crashed" 1 && collect 4 && kept 'reason   not known'
result $? 'an older dump is not that of this crash'
machine && "$BUILD/areagen" "$image" "$dump" && note "$pstore/dmesg-efi-1" "$crashed" 'exit code 1' && collect 4 &&
	err 'WARNING: the capture of a dump has failed: exit code 1' && kept 'exit code 1' && once
result $? 'a note beside a dump is said, as what it is'
machine && armed 11111111-2222-3333-4444-555555555555 0 && collect 0 && ! err 'no dump' && [ -e "$marker" ]
result $? 'this very boot has not crashed'
machine && rm "$marker" && note "$pstore/dmesg-efi-1" "$crashed" why && collect 0 && ! err 'no dump'
result $? 'a machine that was not armed has left no dump'
machine && echo '{"boot":"../../../../etc"}' >"$marker" && collect 0 && echo '{' >"$marker" && collect 0
result $? 'a marker that is none'

# wtmp TYPE USER SECONDS: systemd has written that down
wtmp()
{
	{
		printf '%b\0\0\0\0\0\0\0~\0' "\\$1"
		head -c 34 /dev/zero
		printf '%s' "$2"
		head -c $((296 - ${#2})) /dev/zero
		printf '%b' "$(printf '\\x%02x' $(($3 & 255)) $(($3 >> 8 & 255)) $(($3 >> 16 & 255)) $(($3 >> 24 & 255)))"
		head -c 40 /dev/zero
	} >>"$DUMPFLT_ROOT/var/log/wtmp"
}

shut_down()
{
	wtmp 1 shutdown "$1"
}

booted()
{
	wtmp 2 reboot "$1"
}
machine && shut_down 1795000100 && collect 0 && ! err 'no dump' && once
result $? 'armed by hand, and shut down: nothing has crashed'
machine && shut_down 1794999999 && collect 4 && err 'a crash left no dump'
result $? 'a shutdown before that is of another boot'
machine && booted 1794999000 && shut_down 1795000100 && booted 1795000200 && collect 0 && ! err 'no dump' && once
result $? 'a shutdown between two boots'
machine && booted 1794999000 && booted 1795000050 && shut_down 1795000100 && booted 1795000200 && collect 4 &&
	err 'a crash left no dump' && kept 'reason   not known' && once
result $? 'one of a later boot, in which nobody could look, is not that of the crash'
machine && mv "$marker" "${marker%.json}-$crashed.json" && armed 33333333-2f40-4d0c-8e61-5c2f1a3d9c11 0 &&
	note "$pstore/dmesg-efi-1" "$crashed" why && collect 4 && err 'went down without a shutdown' && collect 4 &&
	err 'a crash left no dump: why' && grep -q 'reason   why' "$folder"/*-no-dump-"${crashed:0:8}"/summary.txt && once
result $? 'two crashes, the first of which nobody has asked for: both are said'
machine && shut_down 1795000100 && note "$pstore/dmesg-efi-1" "$crashed" why && collect 4 && err 'a crash left no dump: why'
result $? 'a note is believed, whatever the shutdown got to'

# rehearsing BOOT NUMBER: a rehearsal with that number was killed, just behind its header
rehearsing()
{
	machine && "$BUILD/areagen" "$image" "$dump" header || return 1
	printf '{"boot":"%s","area":"%s","number":%s}' "$1" "$id" "$2" >"${marker%/*}/rehearsing.json"
}

# counted: it is a crash of which nothing came
counted()
{
	collect 4 && out 'slot 0: nothing in it; released' && ! out 'rehearsal'
}
this=11111111-2222-3333-4444-555555555555
rehearsing "$this" 1 && rm "$marker" && collect 0 && out 'slot 0: nothing in it, of a rehearsal that was cut short; released' &&
	collect 0 && out 'nothing to collect' &&
	rehearsing "$this" 1 && rm "$marker" && collect 0 --json && out '"result":"nothing in it","released":true,"rehearsal":true'
result $? 'what a rehearsal left that was killed behind its header is no crash'
rehearsing "$this" 1 && collect 4 && out 'of a rehearsal that was cut short' && err 'a crash left no dump'
result $? 'although the boot before has crashed, which is said'
rehearsing "$crashed" 1 && shut_down 1795000100 && collect 0 && out 'of a rehearsal that was cut short; released' &&
	[ ! -e "${marker%/*}/rehearsing.json" ]
result $? 'one of the last boot, which was shut down; its mark goes'
rehearsing "$crashed" 1 && counted
result $? 'but if that boot has crashed it may be the crash, and is one'
rehearsing "$this" 2 && rm "$marker" && counted && rehearsing "$this" 1 && rm "$marker" &&
	sed -i 's/"area":"./"area":"x/' "${marker%/*}/rehearsing.json" && counted &&
	rehearsing "$this" 1 && rm "$marker" "${marker%/*}/rehearsing.json" && counted
result $? 'nor is another session a rehearsal, or one in another area, or one without a mark'
machine && rm "$marker" && printf '{"boot":"%s","area":"%s","number":1}' "$crashed" "$id" >"${marker%/*}/rehearsing.json" &&
	collect 0 && [ ! -e "${marker%/*}/rehearsing.json" ] && "$BUILD/areagen" "$image" "$dump" header && counted
result $? 'the mark of an earlier boot says nothing of what comes later'

machine && rmdir "$folder" && note "$pstore/dmesg-efi-1" "$crashed" why && collect 1 && err 'a crash left no dump: why' &&
	[ -e "$marker" ] && [ -e "$pstore/dmesg-efi-1" ] && mkdir "$folder" && collect 4 && kept 'reason   why' && once
result $? 'without the folder it is said, and kept by the next run'
others_folder()
{
	local made=$folder/20261127T023000Z-no-dump-${crashed:0:8}

	machine && note "$pstore/dmesg-efi-1" "$crashed" why && mkdir -m 777 "$made" && collect 1 && [ -e "$marker" ] &&
		[ -e "$pstore/dmesg-efi-1" ] && [ -z "$(ls -A "$made")" ] && rmdir "$made" && collect 4 && kept 'reason   why' && once
}
others_folder
result $? 'a folder of that name that others write to is not written to'
machine && mv "$image" "$TMP/away" && note "$pstore/dmesg-efi-1" "$crashed" why && collect 1 &&
	err 'a crash left no dump: why' && kept 'reason   why' && mv "$TMP/away" "$image" && once
result $? 'a note counts where the area is not to be found'
machine && mv "$image" "$TMP/away" && collect 1 && ! err 'a crash left' && [ -e "$marker" ] && mv "$TMP/away" "$image" &&
	collect 4 && kept 'reason   not known' && once
result $? 'without a note the area is waited for: the dump may be in it'
machine && "$DUMPFLT" format --force --slots 4 "$image" >/dev/null &&
	sed -i "s/^id = .*/target = \/dev\/vdb/" "$conf" && armed "$crashed" 7 && "$BUILD/areagen" "$image" "$dump" &&
	collect 0 && ! err 'no dump' && once
result $? 'numbers of an area that was made anew are its own'
finish
