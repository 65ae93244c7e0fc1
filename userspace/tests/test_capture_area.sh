#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt capture and create on a dump area: the filters are those of its policy,
# every dump has a slot, and a full area is left alone.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

export FAKE_SAMPLE=$TMP/sample FAKE_ARGS=$TMP/args FAKE_MDF=good
"$BUILD/flatgen" 3 >"$FAKE_SAMPLE"
size=$(stat -c %s "$FAKE_SAMPLE")
conf=$TMP/capture.conf
installed trace digest
image=$TMP/target

# prepare IMAGE-SIZE [LINE]...: a configuration with these lines behind [stack]
prepare()
{
	rm -f "$image" "$FAKE_ARGS"
	: >"$FAKE_LOG"
	: >"$TMP/vmcore"
	truncate -s "$1" "$image"
	printf '%s\n' '[stack]' "target = $image" "${@:2}" '[dump]' \
		"vmcore = $TMP/vmcore" "makedumpfile = $TESTS/fake_makedumpfile" 'log = no' \
		'wait_for_target = 1' >"$conf"
	FAKE_MDF=good
}

format()
{
	"$DUMPFLT" format "$@" "$image" >/dev/null
}

capture()
{
	run "$1" "$DUMPFLT" capture -c "$conf" "${@:2}"
}

# slot NUMBER STATE: what the area says, without the kernel
slot()
{
	"$DUMPFLT" show --json "$image" >"$TMP/show" 2>&1
	grep -qF "{\"slot\":$1,\"state\":\"$2\"" "$TMP/show"
}

good_slot()
{
	run 0 "$DUMPFLT" verify --slot "$1" "$image" &&
		out "slot $1: complete and intact, $size bytes" &&
		run 0 "$DUMPFLT" extract --slot "$1" --flattened --device "$image" - &&
		cmp -s "$TMP/out" "$FAKE_SAMPLE"
}

good()
{
	prepare 32M
	format --filter 'digest,a=b,c=d' --filter trace --critical digest --start-optional trace
	capture 0 && out "complete: $size bytes in " && out ", durable on $image, slot 0, session " &&
		grep -Eq ', session [0-9a-f]{32}$' "$TMP/out" && asked crash/area=1 &&
		asked 'mkdir crash/10-digest' && asked crash/10-digest/options=a=b &&
		asked crash/10-digest/critical=1 && asked crash/20-trace/start_optional=1 &&
		asked "crash/session=finish $size" && nothing_left && good_slot 0 && slot 1 EMPTY
}
good
result $? 'the filters are taken from the policy, and the dump is in slot 0'

json()
{
	local session

	capture 0 --json && out '"device":"dumpflt0","slot":1,"session_id":"' || return 1
	session=$(grep -o '"session_id":"[0-9a-f]*"' "$TMP/out")
	session=${session#*:}
	[ "${#session}" -eq 34 ] && slot 1 COMPLETE &&
		grep -qF "{\"slot\":1,\"state\":\"COMPLETE\",\"number\":2,\"session\":$session," "$TMP/show" &&
		good_slot 1
}
json
result $? 'the next one is in slot 1: JSON has slot and session'

no_slot()
{
	capture 1 && err "ERROR: start failed on 'crash': No space left on device" &&
		err 'last_error: no free slot in the dump area' && [ ! -s "$TMP/out" ] &&
		nothing_left && good_slot 0 && good_slot 1 && capture 1 --json &&
		out '"result":"failed"' && ! out session_id
}
no_slot
result $? 'no free slot: both dumps are left as they are'

released()
{
	run 0 "$DUMPFLT" release --slot 0 "$image" && capture 0 && out ', slot 0, ' &&
		good_slot 0 && good_slot 1
}
released
result $? 'a released slot is taken'

overwrite()
{
	prepare 32M
	format --overwrite
	capture 0 && capture 0 && capture 0 && out ', slot 0, ' && good_slot 0 && good_slot 1
}
overwrite
result $? 'with --overwrite, the oldest dump goes'

same_filters()
{
	prepare 32M '[filter digest]' 'a = b' 'critical = yes'
	format --filter 'digest,a=b' --critical digest
	capture 0 && good_slot 0
}
same_filters
result $? 'filters that are named, and are those of the policy'

# Whether a filter is critical need not be said twice
as_critical()
{
	prepare 32M '[filter digest]' 'a = b'
	format --filter 'digest,a=b' --critical digest
	capture 0 && asked crash/10-digest/critical=1 && good_slot 0 &&
		dumpflt 0 create crash --target "$image" --area --filter digest,a=b && dumpflt 0 destroy crash
}

# Neither a rehearsal nor a capture, nor create, takes an order that leaves hashes in the clear
leaks()
{
	local words="filter 'digest' before 'crypt' leaves what it keeps of the plain text, such as hashes, on the disk: put it behind"

	prepare 32M '[filter digest]' '[filter crypt]' 'key = x'
	format
	capture 1 --dry-run && err "$words" && capture 1 && err "$words" && [ ! -s "$FAKE_LOG" ] &&
		rm "$image" && capture 1 --dry-run && err "$words" && truncate -s 32M "$image" && format &&
		dumpflt 1 create crash --target "$image" --area --filter digest --filter crypt,key=x && err "$words" &&
		dumpflt 1 create crash --target "$image" --area --no-live --filter digest --filter crypt,key=x &&
		err "$words" && nothing_left && slot 0 EMPTY
}

# nor one in which what is sealed is changed
breaks_seal()
{
	local words="filter 'age' before 'crypt' seals what that one then changes, so that no key opens it: put it behind"
	local recipient

	recipient=$(age-keygen 2>/dev/null | age-keygen -y)
	prepare 32M '[filter age]' "recipient = $recipient" '[filter crypt]' 'key = x'
	format
	capture 1 --dry-run && err "$words" && capture 1 && err "$words" && [ ! -s "$FAKE_LOG" ] &&
		dumpflt 1 create crash --target "$image" --area --filter "age,recipient=$recipient" --filter crypt,key=x &&
		err "$words" && nothing_left && slot 0 EMPTY
}

dumpflt()
{
	run "$1" "$DUMPFLT" "${@:2}"
}
as_critical
result $? 'a filter that is named, and critical as the policy says'
leaks
result $? 'a filter that keeps hashes of what one behind it seals: refused by all'
breaks_seal
result $? 'a filter that changes what age has sealed: refused by all'

differs()
{
	err "ERROR: comparing the filters failed on '$image': they are not those of the dump area's policy: " &&
		err 'With no filter named, they are taken from the policy.'
}

# other_filters LINE...: is refused, and nothing is written
other_filters()
{
	prepare 32M "$@"
	format --filter 'digest,a=b' --critical digest
	cp "$image" "$TMP/before"
	capture 1 && differs && ! asked crash/session=start && nothing_left && capture 1 --dry-run && differs &&
		cmp -s "$image" "$TMP/before"
}
other_filters '[filter trace]'
result $? 'another filter than that of the policy'
other_filters '[filter digest]' 'a = x' 'critical = yes'
result $? 'another option'
other_filters '[filter digest]' 'a = b' 'critical = no'
result $? 'not critical, as the policy demands'
other_filters '[filter digest]' 'a = b' 'critical = yes' '[filter trace]'
result $? 'one more'

demanded()
{
	prepare 32M 'area = yes'
	capture 1 && err "ERROR: looking for a dump area failed on '$image': there is none" &&
		err "'dumpflt format' makes a dump area" && [ ! -s "$FAKE_LOG" ] && format && capture 0 &&
		good_slot 0
}
demanded
result $? 'area = yes: nothing is written to a target without a dump area'

damaged()
{
	prepare 32M
	format
	for at in 20000 $((33554432 - 65536 + 20000)); do
		printf x | dd of="$image" bs=1 seek="$at" conv=notrunc status=none
	done
	cp "$image" "$TMP/before"
	capture 1 && err "ERROR: reading the dump area failed on '$image': neither of its two headers can be used" &&
		err 'header A: ' && err 'header B: ' && [ ! -s "$FAKE_LOG" ] && cmp -s "$image" "$TMP/before"
}
damaged
result $? 'a damaged dump area is not written to'

one_header()
{
	prepare 32M
	format --filter digest
	printf x | dd of="$image" bs=1 seek=20000 conv=notrunc status=none
	capture 0 && err "WARNING: header A of '$image' cannot be used: " && good_slot 0 &&
		capture 0 && ! err WARNING
}
one_header
result $? 'one header is enough, and is said to be'

full()
{
	prepare 4M
	format
	capture 1 && err "ERROR: writing the dump failed on 'dumpflt0': No space left on device" &&
		err "The slot on '$image' is full after 1048576 bytes: format it with fewer slots, or use a larger device." &&
		asked 'crash/session=abort slot full after 1048576 bytes' && nothing_left && slot 0 FAILED &&
		grep -qF 'slot full after 1048576 bytes' "$TMP/show" && slot 1 EMPTY &&
		run 4 "$DUMPFLT" verify --slot 0 "$image"
}
full
result $? 'a slot that is too small: FAILED, and what to do'

# full_with ARGS: that make a larger dump than could be
full_with()
{
	prepare 4M
	format
	sed -i "s/^\[dump\]/[dump]\nargs = $1/" "$conf"
	capture 1 && err 'fewer slots, or use a larger device, or set args = -l -d 31.'
}
full_with '-l -d 1' && full_with '-d 31' && full_with '-l'
result $? 'and what to leave out, unless all of that is left out already'

fails()
{
	prepare 32M
	format
	FAKE_MDF="cut"
	capture 1 --json && out '"result":"failed"' && out '"slot":0,"session_id":"' && slot 0 FAILED &&
		! asked "crash/session=finish $size"
}
fails
result $? 'makedumpfile fails: the slot says so'

# checkpoints NUMBER [LINE]...: so many of a dump of 3 MiB, with these lines in [dump], besides
# what the area itself flushes
checkpoints()
{
	prepare 32M
	format
	printf '%s\n' "${@:2}" >>"$conf"
	rm -f "$TMP/disk"
	FAKE_DISK_LOG="$TMP/disk" capture 0 && [ "$(grep -c fsync "$TMP/disk")" -eq $((others + $1)) ]
}
full_mib=$((size / 1048576)) others=0
checkpoints 0 'checkpoint_mib = 0' 'checkpoint_seconds = 0' || others=$(grep -c fsync "$TMP/disk")
checkpoints 0 'checkpoint_mib = 0' 'checkpoint_seconds = 0' && checkpoints 1 &&
	checkpoints "$full_mib" 'checkpoint_mib = 1'
result $? 'checkpoints: after the first MiB, and as often as one likes'

# Of all that are flushed it is one that the area itself does not flush
checkpoint_fails()
{
	local nr

	for nr in $(seq 1 $((others + 1))); do
		prepare 32M
		format
		FAKE_FSYNC="$nr 5" capture 1
		if err "ERROR: flushing what is written failed on 'dumpflt0': Input/output error"; then
			slot 0 FAILED && nothing_left
			return
		fi
		# what stands in for the kernel cannot go on without a header
		rm -rf "$TMP/config/dumpflt/crash" "$TMP/sys/block/dumpflt0" "$TMP/dev/dumpflt0"
	done
	return 1
}
checkpoint_fails
result $? 'a checkpoint that fails is a dump that fails'

# A dump that failed before its first byte costs no slot
nothing_in_it()
{
	prepare 32M
	format
	FAKE_MDF=silent
	capture 1 && slot 0 FAILED && slot 1 EMPTY && capture 1 && slot 1 FAILED && capture 1 || return 1
	FAKE_MDF=good
	capture 0 --dry-run && capture 0 && capture 0 && capture 1 --dry-run && capture 1 &&
		err 'no free slot in the dump area' && good_slot 0 && good_slot 1
}
nothing_in_it
result $? 'dumps that failed before their first byte: their slots are free again'

collected()
{
	prepare 32M
	format
	FAKE_MDF='silent' capture 1
	mkdir "$TMP/folder"
	run 4 "$DUMPFLT" collect "$image" "$TMP/folder" && err 'slot 0 is FAILED, not COMPLETE' && slot 0 FAILED &&
		err "Nothing of it is there to be saved: 'dumpflt release --slot 0 --force' lets go of it." && ! err --salvage &&
		run 1 "$DUMPFLT" release --slot 0 "$image" && err 'Nothing of it is there to be saved' && ! err --salvage &&
		run 0 "$DUMPFLT" show "$image" && out 'nothing of it is there: the next dump takes the slot' && ! out --salvage &&
		run 0 "$DUMPFLT" collect --release "$image" "$TMP/folder" && out 'slot 0: nothing in it; released' &&
		err "WARNING: slot 0 of '$image' is FAILED, and nothing is in it: " && err 'no dump today' && slot 0 COLLECTED
}
collected
result $? 'collect --release lets go of what has nothing in it'

io_fault()
{
	prepare 32M
	format
	FAKE_IO_FAULT='1048576 5 dumpflt0: write at 1048576 failed' capture 1 &&
		err 'last_error: dumpflt0: write at 1048576 failed' && slot 0 FAILED
}
io_fault
result $? 'the target fails in the middle'

interrupted()
{
	local pid code

	prepare 32M
	format
	FAKE_MDF=hangs
	"$DUMPFLT" capture -c "$conf" >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	for _ in {1..100}; do
		asked crash/session=start && break
		sleep 0.05
	done
	sleep 0.5
	kill -s INT "$pid"
	wait "$pid"
	code=$?
	[ "$code" -eq 1 ] && err "stopped by SIGINT" && grep -q '^crash/session=abort .*stopped by SIGINT' "$FAKE_LOG" && slot 0 FAILED &&
		nothing_left && FAKE_MDF='good' capture 0 && good_slot 1
}
# A background job of a script ignores SIGINT, and so does what it starts
set -m
interrupted
result $? 'Ctrl-C: the slot is FAILED, and the next dump takes another one'
set +m

# What the kernel would say in the crash, the rehearsal says before
full_rehearsed()
{
	prepare 32M
	format
	capture 0 && capture 0 --dry-run && capture 0 && capture 1 --dry-run &&
		err "ERROR: looking for a slot failed on '$image': all of them hold dumps that were not released" &&
		run 1 "$DUMPFLT" create crash --target "$image" --area && err 'looking for a slot failed' &&
		nothing_left && run 0 "$DUMPFLT" release --slot 1 "$image" && capture 0 --dry-run
}
full_rehearsed
result $? 'no free slot: --dry-run and create say so'

# of_memory CODE ARGS: of a machine with 1000 MiB, 400 of them free, 200 cache, 100 anonymous
of_memory()
{
	printf '%s kB\n' 'MemTotal: 1024000' 'MemFree: 409600' 'Buffers: 102400' 'Cached: 102400' \
		'AnonPages: 102400' >"$TMP/meminfo"
	sed -i "/^args/d; s/^\[dump\]/[dump]\nargs = $2/" "$conf"
	DUMPFLT_MEMINFO="$TMP/meminfo" capture "$1" --dry-run
}

small_slots()
{
	prepare 700M
	"$DUMPFLT" format --slots 1 "$image" >/dev/null
	rm "$TMP/vmcore"
	of_memory 0 '-l -d 31' && of_memory 0 '-d 31' && of_memory 1 '-d 0' && err 'likely to need 1000 MiB' &&
		of_memory 0 '-c -d 0' && of_memory 1 '-d 14' && err 'likely to need 700 MiB' && of_memory 0 '-d 16' &&
		prepare 32M && format && rm "$TMP/vmcore" && of_memory 1 '-l -d 31' &&
		err "ERROR: looking for room failed on '$image': a slot holds 15 MiB, and a dump of this machine is likely to need 150 MiB" &&
		err '(-d 31), and half of it as it is compressed' &&
		err 'Format it with fewer slots, or use a larger device.' && of_memory 1 '-d 1' &&
		err 'Format it with fewer slots, or use a larger device, or set args = -l -d 31.'
}
small_slots
result $? 'slots that are smaller than memory is likely to need'

unknown_filter()
{
	prepare 32M '[filter nonexist]'
	format
	capture 1 --dry-run &&
		err "ERROR: looking for the filter failed on 'nonexist': its module, dumpflt-nonexist, is not installed for this kernel" &&
		run 0 "$DUMPFLT" format --force --filter nonexist "$image" && err "WARNING: filter 'nonexist' is not installed" &&
		rm "$image" && prepare 32M && format --filter nonexist && capture 1 --dry-run &&
		err "looking for the filter failed on 'nonexist'" && mkdir -p "$TMP/sys/module/dumpflt_nonexist" &&
		capture 0 --dry-run && rm -r "$TMP/sys/module"
}
unknown_filter
result $? 'a filter that is not installed'

# On a machine for others no filter may be installed at all: then a capture may be rehearsed there
none_installed()
{
	prepare 32M '[filter digst]'
	mkdir -p "$TMP/bare"
	DUMPFLT_MODULES=$TMP/bare run 0 "$DUMPFLT" format --filter digst "$image" &&
		err "WARNING: filter 'digst' is not installed for this kernel: without its module, dumpflt-digst, there is no dump" &&
		DUMPFLT_MODULES=$TMP/bare capture 0 --dry-run
}
none_installed
result $? 'format warns of a filter where none is installed, too'

bad_args()
{
	prepare 32M
	format
	FAKE_MDF=refuses capture 1 --dry-run &&
		err "ERROR: asking makedumpfile about args failed on '$TESTS/fake_makedumpfile': it does not take them" &&
		err "makedumpfile: unrecognized option '--new'"
}
bad_args
result $? 'makedumpfile does not take the arguments'

dry_run()
{
	prepare 32M
	format --filter 'digest' --critical digest
	cp "$image" "$TMP/before"
	DUMPFLT_CONFIGFS=$TMP/none capture 0 --dry-run && out 'holds a dump area' && out 'filter     10-digest, critical' &&
		[ ! -s "$FAKE_LOG" ] && cmp -s "$image" "$TMP/before" && capture 0 --dry-run && asked dry-run/live=1 &&
		asked dry-run/area=1 && nothing_left && cmp -s "$image" "$TMP/before" && rm "$image" &&
		capture 1 --dry-run && out 'must hold a dump area' && out "filter     those of the dump area's policy"
}
dry_run
result $? '--dry-run shows the filters of the policy'

# A dump by hand: the device takes whole blocks, the length is said at the end
by_hand()
{
	prepare 32M
	format --filter digest
	dumpflt 0 create crash --target "$image" --area && asked 'mkdir crash/10-digest' &&
		asked crash/area=1 && dumpflt 0 list && ! out ', slot' && dumpflt 0 start crash &&
		dd if="$FAKE_SAMPLE" of="$TMP/dev/dumpflt0" bs=4096 conv=sync,notrunc status=none &&
		dumpflt 0 list && grep -Eq ', slot 0, session [0-9a-f]{32}$' "$TMP/out" &&
		dumpflt 0 status crash && out '  slot         0' && out '  session_id   ' &&
		wrote "$size" && dumpflt 0 finish crash --bytes "$size" && [ "$(cat "$TMP/out")" = complete ] &&
		asked "crash/session=finish $size" && dumpflt 0 list --json && out ',"slot":0,"session_id":"' &&
		dumpflt 0 destroy crash && nothing_left && good_slot 0
}
by_hand
result $? 'create --area, start, finish --bytes; list and status show slot and session'

too_long()
{
	prepare 32M
	format
	dumpflt 0 create crash --target "$image" --area && dumpflt 0 start crash &&
		head -c 4096 "$FAKE_SAMPLE" >"$TMP/dev/dumpflt0" && wrote 4096 && dumpflt 1 finish crash --bytes 4097 &&
		err 'last_error: finish: less was written than that' && [ ! -s "$TMP/out" ] &&
		dumpflt 0 destroy crash && slot 0 FAILED
}
too_long
result $? 'finish --bytes with more than was written'

create_fails()
{
	prepare 32M
	dumpflt 1 create crash --target "$image" --area &&
		err "ERROR: looking for a dump area failed on '$image': there is none" && nothing_left &&
		dumpflt 1 create crash --target "$image" --area --filter trace &&
		err "ERROR: setting live failed on 'crash': Invalid argument" &&
		err 'last_error: target holds no dump area' && nothing_left && format &&
		dumpflt 1 create crash --target "$image" &&
		err "ERROR: taking the target for a plain dump failed on '$image': it holds a dump area" && err 'Use it as one with --area.' &&
		! err 'Choose another name' && nothing_left
}
create_fails
result $? 'create: an area where there is none, and none where there is one'

finish
