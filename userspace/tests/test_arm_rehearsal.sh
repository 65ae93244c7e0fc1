#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt arm and the last rehearsal; what dumpflt rehearse refuses.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
# shellcheck source=SCRIPTDIR/arm.sh disable=SC1091
. "$(dirname "$0")/arm.sh"

# rehearsed KEY VALUE...: a rehearsal that all is well in, but for these members
rehearsed()
{
	file var/lib/dumpflt/rehearsal.json "{\"rehearsed\": \"2026-11-27\", \"release\": \"$RELEASE\", \"tool_version\": \"$version\", \"area\": \"$id\", \"args\": \"-l -d 31\", \"bytes\": 1000000, \"ms\": 99000, \"slot_bytes\": 2000000, \"work_bytes\": 20000000, \"makedumpfile_understands\": true"
	while [ $# -gt 1 ]; do
		printf ', "%s": %s' "$1" "$2" >>"$DUMPFLT_ROOT/var/lib/dumpflt/rehearsal.json"
		shift 2
	done
	echo '}' >>"$DUMPFLT_ROOT/var/lib/dumpflt/rehearsal.json"
}

# speaks WORDS REMEDY: a warning by default; with require a refusal, with no nothing
speaks()
{
	printf '[area]\nid = %s\n[capture]\nmax_seconds = 100\n' "$id" >"$conf"
	arm 0 --check && err "WARNING: as it was rehearsed: $1" && err "$2" || return 1
	printf '[kernel]\nrehearsal = require\n' >>"$conf"
	refused "looking at the rehearsal failed on '/var/lib/dumpflt/rehearsal.json': $1" "$2" || return 1
	sed -i 's/= require/= no/' "$conf"
	arm 0 --check && ! err rehearse
}

machine && arm 0 --check && ! err rehearse &&
	printf '[area]\nid = %s\n[kernel]\nrehearsal = require\n' "$id" >"$conf" &&
	refused 'there was none, and rehearsal = require' 'dumpflt rehearse'
result $? 'without a rehearsal nothing is said, or it is refused if one is required'
machine && rehearsed &&
	printf '[area]\nid = %s\n[kernel]\nrehearsal = require\n[capture]\nmax_seconds = 100\n' "$id" >"$conf" &&
	arm 0 && ! err rehearse
result $? 'a rehearsal that nothing speaks against is enough'
run 0 "$DUMPFLT" status && out 'rehearsed at 2026-11-27, with -l -d 31' && out 'in 1:39 min' &&
	run 0 "$DUMPFLT" status --json && out '"rehearsed":"2026-11-27"'
result $? 'status shows it'
machine && rehearsed ms 101000 && speaks 'a dump takes about 101 s, and max_seconds is 100' 'Raise max_seconds'
result $? 'rehearsed: too slow'
machine && rehearsed ms 101000 ms_least 20000 && speaks 'a dump takes about 101 s' 'rehearse when other programs rest'
result $? 'rehearsed: too slow, but only as others had the processor'
machine && rehearsed bytes 3000000 && speaks 'a dump has about 2 MiB, and a slot holds 1 MiB' 'Format the area with fewer slots'
result $? 'rehearsed: too large'
machine && rehearsed work_bytes 270000000 && speaks 'the capture kernel needs about 2' 'Reserve more: crashkernel=320M'
result $? 'rehearsed: too much memory'
machine && rehearsed makedumpfile_understands false && speaks "makedumpfile could not tell" 'Install a newer makedumpfile'
result $? 'rehearsed: makedumpfile does not know the kernel'
machine && rehearsed release '"5.10"' && speaks "it was of another kernel ('5.10', and now '$RELEASE')" "Run 'dumpflt rehearse' again" &&
	rehearsed tool_version '"0"' && speaks 'it was of another version of dumpflt' again &&
	rehearsed area '"0"' && speaks 'it was of another dump area' again &&
	rehearsed args '"-c"' && speaks 'it was of other args of makedumpfile' again
result $? 'rehearsed: something else'

# older [KEY VALUE]...: as rehearsed, with tool_version named as it once was
older()
{
	local kept

	machine && rehearsed "$@" && kept=$DUMPFLT_ROOT/var/lib/dumpflt/rehearsal.json && sed -i 's/"tool_version"/"version"/g' "$kept" &&
		printf '[area]\nid = %s\n[kernel]\nrehearsal = require\n[capture]\nmax_seconds = 100\n' "$id" >"$conf"
}
older && arm 0 && ! err rehearse && sed -i 's/"tool_version"/"version"/' "$DUMPFLT_ROOT/run/dumpflt/armed.json" && run 0 "$DUMPFLT" status --json &&
	[ "$(grep -o "\"tool_version\":\"$version\"" "$TMP/out" | wc -l)" -eq 2 ] && [ "$(grep -o '"version":[^,}]*' "$TMP/out" | sort -u)" = '"version":1' ] &&
	older tool_version '"0.9"' && refused "it was of another version of dumpflt ('0.9', and now '$version')" again
result $? 'a record from before tool_version had its name'

# makes ARGS: what makedumpfile will be started with, which the record, --check and status say
makes()
{
	arm 0 --check && grep -qE -- "^args {7}$1(: |\$)" "$TMP/out" && arm 0 && image &&
		grep -qx -- "args = $1" "$TMP/image/etc/dumpflt/capture.conf.in" &&
		tr -d '\n' <"$DUMPFLT_ROOT/run/dumpflt/armed.json" | grep -q -- "\"args\": *\"$1\""
}

# With it half a minute and 0.5 MB in a slot of 2 MB
faster='{"args": "-d 31", "bytes": 500000, "ms": 20000, "fits": true}'
machine && rehearsed ms_least 40000 uncompressed "$faster" && makes '-d 31' &&
	run 0 "$DUMPFLT" status &&
	out '  args     -d 31: not compressed: by the rehearsal of 2026-11-27 that takes about 20 s, and compressed 99 s'
result $? 'pages are not compressed if the rehearsal found that faster; status says so'
run 0 "$DUMPFLT" status && out "faster, and what 'dumpflt arm' takes, as -d 31, but for compress = args"
result $? 'what is known of the rehearsal says so, too'
printf '[area]\nid = %s\n[capture]\ncompress = args\n' "$id" >"$conf" && makes '-l -d 31' && run 0 "$DUMPFLT" status && ! out '  args  '
result $? 'but not against the configuration'
printf '[area]\nid = %s\n[capture]\ncompress = no\n' "$id" >"$conf" && arm 1 --check && err "'no' is no value for compress: it can be measured or args"
result $? 'which can say measured or args'

# compressed MEMBER VALUE...: it stays so
compressed()
{
	machine && rehearsed "$@" && makes '-l -d 31' && run 0 "$DUMPFLT" status && ! out 'faster, and what'
}
compressed ms_least 19000 uncompressed "$faster"
result $? 'compressed: only a busy machine made it look slower'
compressed ms_least 40000 uncompressed "${faster/500000/1000001}"
result $? 'compressed: without it the dump could be too large for a slot, as sizes are right within a factor of two'
compressed ms_least 40000 made_up true uncompressed "$faster"
result $? 'compressed: the pages of the rehearsal were made up'
machine && rehearsed ms_least 40000 release '"5.10"' uncompressed "$faster" && makes '-l -d 31'
result $? 'compressed: it was a rehearsal of something else'
machine && rehearsed ms_least 40000 uncompressed "$faster" &&
	printf '[area]\nid = %s\n[kernel]\nrehearsal = require\n[capture]\nmax_seconds = 50\n' "$id" >"$conf" && arm 0 &&
	echo 'compress = args' >>"$conf" && rm -r "$DUMPFLT_ROOT/run/dumpflt" && echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded" &&
	refused 'a dump takes about 99 s, and max_seconds is 50' 'rehearse when other programs rest'
result $? 'what is held against max_seconds is the dump as it will be made'

# rehearse WORDS REMEDY: refused, and nothing of the area has changed
rehearse()
{
	local before

	before=$(md5sum <"$DUMPFLT_ROOT/dev/vdb")
	run 1 "$DUMPFLT" rehearse -c "$conf" && err "$1" && err "$2" &&
		[ "$before" = "$(md5sum <"$DUMPFLT_ROOT/dev/vdb")" ] &&
		[ ! -e "$DUMPFLT_ROOT/var/lib/dumpflt/rehearsal.json" ]
}
head -c 200000 /dev/urandom >"$TMP/dump"

# two_slots DUMPS FORMAT-OPTION...: an area of that many slots, so many with a dump
two_slots()
{
	local nr=$1

	shift
	machine && "$DUMPFLT" format --force --slots 2 --recipient "$recipient" "$@" "$DUMPFLT_ROOT/dev/vdb" >/dev/null &&
		printf '[area]\ntarget = /dev/vdb\n' >"$conf" || return 1
	for ((; nr; nr--)); do
		"$BUILD/areagen" "$DUMPFLT_ROOT/dev/vdb" "$TMP/dump" "$recipient" digest || return 1
	done
}
two_slots 2 --overwrite &&
	rehearse 'each of them holds a dump, and a rehearsal overwrites none' 'dumpflt collect --release'
result $? 'rehearse: no dump is overwritten, whatever the policy says'
two_slots 1 && arm 0 && rehearse 'only one is free, and the machine is armed' 'dumpflt disarm' &&
	[ "$(cat "$DUMPFLT_ROOT/sys/kernel/kexec_crash_loaded")" = 1 ]
result $? 'rehearse: the last slot is left to a crash of an armed machine, which stays armed'
two_slots 1 && run 1 "$DUMPFLT" rehearse -c "$conf" --sample 400 && err 'a slot holds 127 MiB, which is too little for a sample of 400 MiB' && err '--sample'
result $? 'rehearse: a sample that is larger than a slot'
two_slots 1 && rehearse 'a folder has no kernel of its own' ''
result $? 'rehearse: with one slot it goes on'
two_slots 1 && export FAKE_DISK_LOG=$TMP/disk.log && rehearse 'a folder has no kernel of its own' '' && unset FAKE_DISK_LOG &&
	grep -qx fsync "$TMP/disk.log" && [ ! -e "$DUMPFLT_ROOT/var/lib/dumpflt/rehearsing.json" ]
result $? 'rehearse: it is written down that it begins, and not any more when it has ended'
rm -rf "$DUMPFLT_ROOT/var/lib/dumpflt" && two_slots 1 && rm -rf "$DUMPFLT_ROOT/var/lib/dumpflt" && : >"$DUMPFLT_ROOT/var/lib/dumpflt" &&
	rehearse 'writing down that a rehearsal begins failed on' ''
result $? 'rehearse: refused if that cannot be written down'
machine && echo 0 >"$DUMPFLT_ROOT/sys/kernel/kexec_crash_size" && rehearse 'nothing is reserved' 'Add crashkernel=' &&
	run 1 "$DUMPFLT" rehearse -c "$conf" --json && out '"result":"failed","error":"looking for memory failed'
result $? 'rehearse: refused for what arm is refused for'
run 2 "$DUMPFLT" rehearse --sample 7 && err "'7' is no number of MiB from 8 to 65536" && run 2 "$DUMPFLT" rehearse x
result $? 'rehearse: what cannot be a sample'

finish
