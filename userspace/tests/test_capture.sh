#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt capture against the stand-in: what a good dump leaves on the target,
# and that nothing else is ever called complete.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

# shellcheck source=SCRIPTDIR/capture.sh disable=SC1091
. "$(dirname "$0")/capture.sh"

# aborted [WORDS]: with these words, for the receipt
aborted()
{
	grep -q "^crash/session=abort.*$*" "$FAKE_LOG"
}

# not_complete: the kernel was told that the dump is cut, and nobody says more
not_complete()
{
	aborted && ! grep -q crash/session=finish "$FAKE_LOG" &&
		! out complete && nothing_left
}

good_bytes()
{
	cmp -s <(head -c "$size" "$TMP/target") "$FAKE_SAMPLE" &&
		[ "$(($(stat -c %s "$TMP/target") % 4096))" -eq 0 ] &&
		[ -z "$(tail -c +"$((size + 1))" "$TMP/target" | tr -d '\0')" ]
}

good()
{
	prepare
	capture 0 && out "complete: $size bytes in " &&
		out " s, durable on $TMP/target" && good_bytes &&
		asked 'mkdir crash/10-trace' &&
		asked crash/20-crypt/options=key=dumpflt:x &&
		asked crash/20-crypt/critical=1 && asked crash/max_pages=32 &&
		asked "crash/session=finish $size" && asked crash/live=0 && nothing_left
}
good
result $? 'a good dump is on the target and complete'

arguments()
{
	printf '%s\n' -F -l -d 31 "$TMP/vmcore" | cmp -s - "$FAKE_ARGS"
}
arguments
result $? 'makedumpfile gets -F, the arguments as words, and the vmcore'

json()
{
	prepare
	capture 0 --json && [ "$(wc -l <"$TMP/out")" -eq 1 ] &&
		out '{"result":"complete","stack":"crash","target":"' &&
		out "\"device\":\"dumpflt0\",\"bytes\":$size,\"ms\":"
}
json
result $? 'the result as JSON'

# cause MODE WORDS...: makedumpfile does that, and every line is said
cause()
{
	local words

	prepare
	FAKE_MDF=$1
	capture 1 && not_complete || return 1
	shift
	for words in "$@"; do
		err "$words" || return 1
	done
}
cause fails "ERROR: makedumpfile failed on '$TMP/vmcore': exit code 3" \
	'makedumpfile: readpage_elf: the page is not there'
result $? 'makedumpfile fails: its own words are shown'
aborted ' makedumpfile: readpage_elf: the page is not there (exit code 3)$'
result $? 'its last words go into the receipt'
cause killed "ERROR: makedumpfile failed on '$TMP/vmcore': killed by signal 9 (Killed)" \
	'crashkernel='
result $? 'makedumpfile is killed'
cause cut "ERROR: makedumpfile failed on '$TMP/vmcore': its output ends at byte $((size - 16)) without an end marker"
result $? 'the stream has no end marker although makedumpfile says success'
cause nothing 'its output ends at byte 0 without an end marker'
result $? 'makedumpfile writes nothing'
cause more "data behind the end marker, at byte $size"
result $? 'data behind the end marker'
cause garbage 'no makedumpfile signature: not a flattened dump, at byte 0'
result $? 'something that is no dump'

floods()
{
	prepare
	FAKE_MDF=floods
	capture 0 && good_bytes
}
floods
result $? 'a makedumpfile with very much to say does not block'

missing()
{
	prepare
	sed -i "s,^makedumpfile.*,makedumpfile = $TMP/no-such-program," "$conf"
	capture 1 && err "ERROR: looking for makedumpfile failed on '$TMP/no-such-program': No such file or directory" &&
		[ ! -s "$FAKE_LOG" ]
}
missing
result $? 'makedumpfile is missing: the kernel is not touched'

no_vmcore()
{
	prepare
	rm "$TMP/vmcore"
	capture 1 && err "ERROR: opening the memory of the crashed kernel failed on '$TMP/vmcore'" &&
		[ ! -s "$FAKE_LOG" ]
}
no_vmcore
result $? 'no vmcore: the kernel is not touched'

# kernel_fault FAULT WORDS: that operation fails
kernel_fault()
{
	prepare
	export FAKE_FAULT="$1"
	capture 1 && err "$2" && ! out complete && nothing_left
}
kernel_fault "crash/live=1 126 filter 'crypt': init failed: no key" \
	"last_error: filter 'crypt': init failed: no key" &&
	! asked crash/session=start && [ ! -e "$FAKE_ARGS" ]
result $? 'a filter does not initialise: no session, its words are shown'
kernel_fault "crash/session=start 22 filter 'crypt': start failed" \
	"ERROR: start failed on 'crash': Invalid argument" && [ ! -e "$FAKE_ARGS" ] &&
	! aborted
result $? 'a filter does not start: nothing is written'
kernel_fault "crash/session=finish $size 5 flush of the target failed" \
	"ERROR: finish failed on 'crash': Input/output error" &&
	err 'last_error: flush of the target failed'
result $? 'finish fails: not complete'

not_flushed()
{
	prepare
	FAKE_FINISH_STATE=finishing capture 1 &&
		err "ERROR: finish failed on 'crash': the state is 'finishing'" &&
		! out complete && nothing_left
}
not_flushed
result $? 'finish succeeds, but the state says something else: not complete'

# io_fault FAULT WORDS: a write to the target fails
io_fault()
{
	prepare
	export FAKE_IO_FAULT="$1"
	capture 1 && err "$2" && not_complete
}
io_fault '1048576 5 dumpflt0: write at 1048576 failed' \
	"ERROR: writing the dump failed on 'dumpflt0': Input/output error" &&
	err 'last_error: dumpflt0: write at 1048576 failed'
result $? 'the target fails in the middle'
io_fault '3145728 28' "ERROR: writing the dump failed on 'dumpflt0': No space left on device" &&
	err "'$TMP/target' is full after 3145728 bytes: use a larger one" && aborted ' target full after 3145728 bytes$'
result $? 'the target is full at the last write'
io_fault '0 6' "ERROR: writing the dump failed on 'dumpflt0': No such device or address"
result $? 'the target vanished'

full()
{
	prepare
	sed -i 's,^target.*,target = /dev/full,' "$conf"
	capture 1 && err "failed on 'dumpflt0': No space left on device" && not_complete
}
full
result $? 'a device that is really full'

# signalled SIGNAL MODE: sent while makedumpfile runs
signalled()
{
	local pid code start=$SECONDS

	prepare
	FAKE_MDF=$2
	"$DUMPFLT" capture -c "$conf" >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	for _ in {1..100}; do
		asked crash/session=start && break
		sleep 0.05
	done
	sleep 0.5
	kill -s "$1" "$pid"
	wait "$pid"
	code=$?
	[ "$code" -eq 1 ] && [ "$((SECONDS - start))" -lt 15 ] &&
		err "ERROR: writing the dump failed on 'dumpflt0': stopped by SIG$1" &&
		not_complete && ! pgrep -f "^sleep $FAKE_SLEEP\$" >/dev/null
}
# A background job of a script ignores SIGINT, and so does what it starts
set -m
signalled INT hangs
result $? 'SIGINT while makedumpfile works'
signalled TERM closes
result $? 'SIGTERM while makedumpfile does not end'
set +m

late()
{
	prepare
	mv "$TMP/target" "$TMP/later"
	(sleep 0.5; mv "$TMP/later" "$TMP/target") &
	capture 0 && out complete
}
late
result $? 'a target that appears late is waited for'

never()
{
	prepare
	rm "$TMP/target"
	capture 1 && err "ERROR: waiting for the target failed on '$TMP/target': No such file or directory" &&
		[ ! -s "$FAKE_LOG" ]
}
never
result $? 'a target that does not appear: given up in time'

progress()
{
	prepare
	FAKE_MDF=slow
	capture 0 && err 'Copying data: 10.0 %, 0 MiB, ' &&
		[ "$(grep -c 'MiB/s' "$TMP/err")" -le 2 ]
}
progress
result $? 'progress, but not more than a line in two seconds'

left_out()
{
	prepare
	sed -i 's/^.filter trace.$/[filter shy]\nmay_be_left_out = yes/' "$conf"
	capture 0 --dry-run && out 'filter     10-shy, may be left out' && capture 0 && [ "$(grep -c "^WARNING: stack 'crash' works without filter '10-shy': filter 'shy': init failed$" "$TMP/err")" -eq 1 ]
}
left_out
result $? 'a filter that is left out does not go unnoticed'

# not_left_out FILTER [LINE]: that one may not, whatever the kernel thinks
not_left_out()
{
	prepare
	sed -i "s/^.filter trace.$/[filter $1]${2:+\\n$2}/" "$conf"
	capture 1 && err "ERROR: capture failed on 'crash': filter '10-$1' was left out: filter '$1': " &&
		err 'set may_be_left_out = yes' && ! out complete && nothing_left && [ ! -e "$FAKE_ARGS" ]
}
not_left_out shy && ! asked crash/session=start
result $? 'no dump without a filter that the kernel leaves out at init'
not_left_out shy 'start_optional = yes' && ! asked crash/session=start
result $? 'a start that may fail is no init that may'
not_left_out late && aborted
result $? 'nor without one that is left out at start'

without_late()
{
	prepare
	sed -i "s/^.filter trace.$/[filter late]\n$1/" "$conf"
	capture 0 && err "WARNING: stack 'crash' works without filter '10-late': filter 'late': start failed"
}
without_late 'start_optional = yes' && without_late 'may_be_left_out = yes'
result $? 'unless the configuration says so of this one'

contradiction()
{
	prepare
	sed -i 's/^critical = yes$/critical = yes\nmay_be_left_out = yes/' "$conf"
	capture 1 && err "reading the configuration failed on '$conf': filter 'crypt' is critical, and so may not be left out" &&
		[ ! -s "$FAKE_LOG" ]
}
contradiction
result $? 'critical, and may be left out: refused'

# A word of the driver, and what it is worth behind a network
durability()
{
	prepare
	capture 0 --json && out '"durability":"flush"' && ! err WARNING && capture 0 && ! out 'driver' || return 1
	export FAKE_DURABILITY=write-through
	capture 0 --json && out '"durability":"write-through"' && ! err WARNING && capture 0 &&
		out ", durable on $TMP/target, by its driver's word (write through)" && ! err WARNING || return 1
	mv "$TMP/target" "$TMP/nbd0" && ln -s nbd0 "$TMP/target"
	capture 0 && err "WARNING: '$TMP/target' is a network block device whose server takes no flush"
}
durability
result $? 'how the dump became durable; a warning for a network block device'

require_flush()
{
	prepare
	sed -i 's/^max_pages.*/require_flush = yes/' "$conf"
	capture 1 --dry-run && err 'it refuses: target takes no flush' && nothing_left && FAKE_DURABILITY=flush capture 0 --dry-run &&
		out 'must take a flush' && DUMPFLT_CONFIGFS=$TMP/none capture 0 --dry-run && out 'must take a flush' && capture 1 && asked crash/require_flush=1 &&
		err "ERROR: setting live failed on 'crash'" && err 'last_error: target takes no flush' && nothing_left &&
		! asked crash/session=start && FAKE_DURABILITY='flush' capture 0 && good_bytes &&
		run 1 "$DUMPFLT" create crash --target "$TMP/target" --require-flush && nothing_left
}
require_flush
result $? 'require_flush = yes: no dump to a target that takes none'
unset FAKE_DURABILITY

exists()
{
	prepare
	"$DUMPFLT" create crash --target "$TMP/target" >/dev/null
	capture 1 && err "ERROR: creating the stack failed on 'crash': File exists" &&
		"$DUMPFLT" destroy crash && nothing_left
}
exists
result $? 'a stack of that name is not touched'

# Killed, with who was to clean up: the next one finds the stack of the last one
left_behind()
{
	prepare
	"$DUMPFLT" create crash --target "$TMP/target" >/dev/null && "$DUMPFLT" start crash && capture 0 &&
		err "WARNING: a stack 'crash' was there, started, and nobody was writing to it: it was taken down" &&
		good_bytes && nothing_left
}
left_behind
result $? 'a stack whose writer is gone is taken down'

# Open, as the kernel says
still_written()
{
	prepare
	"$DUMPFLT" create crash --target "$TMP/target" >/dev/null && "$DUMPFLT" start crash || return 1
	FAKE_FAULT='crash/live=0 16 /dev/dumpflt0 is open' capture 1 &&
		err "ERROR: creating the stack failed on 'crash': File exists" && ! aborted &&
		wrote 65536 && "$DUMPFLT" finish crash >/dev/null && "$DUMPFLT" destroy crash && nothing_left
}
still_written
result $? 'unless somebody has it open'

# begin: a capture that hangs in makedumpfile; its process is $first, what it says in $TMP/first
begin()
{
	FAKE_MDF=hangs "$DUMPFLT" capture -c "$conf" >"$TMP/first" 2>&1 &
	first=$!
	for _ in {1..100}; do
		asked crash/session=start && return 0
		sleep 0.05
	done
	return 1
}

# end: it is told to, and says that it was, and nothing else went wrong
end()
{
	kill "$first"
	wait "$first"
	[ $? -eq 1 ] && [ "$(grep -c ERROR "$TMP/first")" -eq 1 ] && ! grep -q 'WARNING: the stack' "$TMP/first" &&
		grep -q "writing the dump failed on 'dumpflt0': stopped by SIGTERM" "$TMP/first"
}

# Whatever the kernel would say of its device: that is closed for a moment, before a session ends
two_captures()
{
	local worker

	prepare
	begin || return 1
	worker=$(pgrep -P "$first")
	capture 1 && err "ERROR: capture failed on 'crash': another capture (process $worker) is writing to '$TMP/target'" &&
		err "'dumpflt status crash'" && err "'kill $worker'" && ! err 'taking down' && ! err 'dumpflt destroy' &&
		capture 1 --json && out "another capture (process $worker)" && ! asked crash/live=0 && ! aborted &&
		end && aborted && nothing_left
}
set -m
two_captures
result $? 'two captures at once: the second says so, and leaves the first alone'

# The lock goes with the process, and with it what kept others away
killed_capture()
{
	prepare
	begin || return 1
	kill -KILL -- "-$first" "-$(pgrep -P "$first")"
	wait "$first" 2>/dev/null
	kill -KILL "$(pgrep -f "^sleep $FAKE_SLEEP\$")"
	capture 0 && err "WARNING: a stack 'crash' was there, started, and nobody was writing" && good_bytes && nothing_left
}
killed_capture
result $? 'and after one that was killed it goes on'

# The folder is for all to read, and who has locked it, and is gone, is no capture at work
foreign_lock()
{
	local code

	prepare
	begin || return 1
	kill -KILL -- "-$first" "-$(pgrep -P "$first")"
	wait "$first" 2>/dev/null
	kill -KILL "$(pgrep -f "^sleep $FAKE_SLEEP\$")"
	exec 9<"$FAKE_STACK"
	flock 9 && capture 0 && ! err 'another capture' && good_bytes && nothing_left
	code=$?
	exec 9<&-
	return $code
}
foreign_lock
result $? 'a lock that is no capture keeps none away'
set +m

bad_conf()
{
	prepare
	echo 'nonsense = 1' >>"$conf"
	capture 1 && err "ERROR: reading the configuration failed on '$conf:15': unknown key 'nonsense' in section [dump]" &&
		[ ! -s "$FAKE_LOG" ] && capture 1 --json && [ "$(wc -l <"$TMP/out")" -eq 1 ] &&
		out '{"result":"failed",' && out "unknown key 'nonsense' in section [dump]" &&
		run 1 "$DUMPFLT" capture --json -c "$TMP/none" && out '{"result":"failed",' &&
		out "$TMP/none': No such file or directory"
}
bad_conf
result $? 'an error in the configuration names file and line, as JSON too'

json_failed()
{
	prepare
	FAKE_MDF=fails
	capture 1 --json && out '{"result":"failed",' &&
		out "\"error\":\"makedumpfile failed on '$TMP/vmcore': exit code 3\"" &&
		out 'readpage_elf: the page is not there' &&
		[ "$(wc -l <"$TMP/out")" -eq 1 ]
}
json_failed
result $? 'a failure as JSON'

# Nobody is to learn from a lost disk that a policy was lost with its area
in_the_clear()
{
	prepare
	sed -i '/^.filter/d; /^key = /d; /^critical = /d' "$conf"
	capture 0 --dry-run && out 'filter     none: the dump is written as it is' &&
		capture 0 && err "WARNING: no filter: the dump is written to '$TMP/target' as it is" &&
		good_bytes && prepare && capture 0 && ! err WARNING
}
in_the_clear
result $? 'a dump that passes no filter: with a warning'

finish
