#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt capture when something hangs: it ends within what it has said, with
# words that name it, and nothing is left that the next capture would meet.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

installed trace

export FAKE_SAMPLE=$TMP/sample FAKE_ARGS=$TMP/args FAKE_MDF=good
"$BUILD/flatgen" 3 >"$FAKE_SAMPLE"
size=$(stat -c %s "$FAKE_SAMPLE")
conf=$TMP/capture.conf
installed trace
# Of this build: see STEPS_GRACE
grace=3

# prepare [LINE]...: more lines of [dump]
prepare()
{
	rm -f "$TMP/vmcore" "$FAKE_ARGS"
	: >"$FAKE_LOG"
	: >"$TMP/vmcore"
	head -c 65536 /dev/urandom >"$TMP/target"
	printf '%s\n' '[stack]' "target = $TMP/target" 'area = no' 'timeout_ms = 100' '[filter trace]' '[dump]' \
		"vmcore = $TMP/vmcore" "makedumpfile = $TESTS/fake_makedumpfile" 'log = no' 'wait_for_target = 1' \
		"$@" >"$conf"
	unset FAKE_FAULT FAKE_IO_FAULT FAKE_HANG FAKE_UNKILLABLE
	FAKE_MDF=good
}

# capture CODE SECONDS [OPTION]...: ends with this code, after so long at most
capture()
{
	local start=$SECONDS

	run "$1" "$DUMPFLT" capture -c "$conf" "${@:3}" || return 1
	[ "$((SECONDS - start))" -le "$2" ] && return
	echo "it took $((SECONDS - start)) s" >>"$TMP/err"
	return 1
}

# processes: those of this very test
processes()
{
	pgrep -f "capture -c $conf"
}

no_processes()
{
	! processes >/dev/null
}

budget()
{
	prepare 'max_seconds = 50'
	capture 0 20 --dry-run &&
		out "budget     $((1 + 50 + 2 + 8 * grace + 50)) s: wait_for_target 1 s + max_seconds 50 s + 20 x timeout_ms 100 ms + $((8 * grace + 50)) s" &&
		prepare && capture 0 20 --dry-run && out 'max_seconds 86400 s'
}
budget
result $? '--dry-run prints the budget'

# The manual is about the tool as it is installed, with another grace
manual()
{
	local normal

	normal=$(sed -n 's/^#define STEPS_GRACE[[:space:]]*//p' "$TESTS/../capture/steps.h")
	grep -qF "wait_for_target + max_seconds + 20 \\(mu timeout_ms + $((8 * normal + 50)) seconds" \
		"$TESTS/../man/dumpflt-capture.8"
}
manual
result $? 'the manual has the same formula'

prepare && capture 0 30 && out "complete: $size bytes" && nothing_left && no_processes
result $? 'nothing hangs: complete, and no process is left'

# hangs WHERE STEP: in the kernel, so that only SIGKILL ends it
hangs()
{
	prepare
	FAKE_HANG=$1 capture 1 $((grace + 12)) && err "ERROR: capture failed on 'crash': it hangs: $2 took longer than " &&
		err 'The session was aborted and the stack taken down.' && ! out complete && no_processes && nothing_left
}
hangs crash/live=1 'bringing up the stack' && ! asked crash/session=start
result $? 'live hangs'
hangs crash/session=start 'beginning the session'
result $? 'start hangs'
hangs "crash/session=finish $size" 'ending the session' && grep -q "^crash/session=abort" "$FAKE_LOG"
result $? 'finish hangs'

down()
{
	prepare
	FAKE_HANG=crash/live=0 capture 1 $((grace + 45)) && err 'it hangs: taking the stack down took longer than' &&
		err "The stack 'crash' is still there; it will be taken down when the kernel lets go of it." &&
		kill -KILL "$(processes)" && within 5 no_processes && "$DUMPFLT" destroy crash && nothing_left
}
down
result $? 'taking the stack down hangs: so does who tries it again, and is left behind'

write_hangs()
{
	prepare 'max_seconds = 2'
	FAKE_HANG='write' capture 1 $((grace + 14)) --json && err 'it hangs: writing the dump took longer than' &&
		out '{"result":"failed","stack":"crash"' && out '"device":"dumpflt0"' &&
		out '"error":"capture failed on '\''crash'\'': it hangs: writing the dump took longer than' &&
		[ "$(wc -l <"$TMP/out")" -eq 1 ] && nothing_left && no_processes && capture 0 30
}
write_hangs
result $? 'a write to the target hangs: as JSON, and the next capture is complete'

# Not even SIGKILL ends it; who reads our output must not wait for it either
unkillable()
{
	local start=$SECONDS

	prepare
	export FAKE_HANG=crash/live=1 FAKE_UNKILLABLE=1
	timeout 60 "$DUMPFLT" capture -c "$conf" 2>&1 | cat >"$TMP/out"
	[ "${PIPESTATUS[0]}" -eq 1 ] && [ "$((SECONDS - start))" -le $((grace + 15)) ] &&
		out "waits in the kernel, most likely for '$TMP/target', and cannot be ended: it is left behind" &&
		out "The stack 'crash' is still there; it will be taken down when the kernel lets go of it." || return 1
	unset FAKE_HANG FAKE_UNKILLABLE
	kill -KILL "$(sed -n 's/^ *Process \([0-9]*\) waits.*/\1/p' "$TMP/out")"
	within 10 nothing_left && within 5 no_processes && capture 0 30
}
unkillable
result $? 'what cannot be killed is left behind, and its stack goes when it does'

# By then the name may be that of a stack that somebody else has made
same_name()
{
	local left

	prepare
	FAKE_HANG=crash/live=1 FAKE_UNKILLABLE=1 timeout 60 "$DUMPFLT" capture -c "$conf" 2>&1 | cat >"$TMP/out"
	out "waits in the kernel, most likely for '$TMP/target', and cannot be ended: it is left behind" || return 1
	# as no kernel does while a process waits in it
	rm -rf "$TMP/config/dumpflt/crash" "${TMP:?}"/sys/block/* "${TMP:?}"/dev/*
	left=$(sed -n 's/^ *Process \([0-9]*\) waits.*/\1/p' "$TMP/out")
	run 0 "$DUMPFLT" create crash --target "$TMP/target" && kill -KILL "$left" || return 1
	within 10 no_processes && run 0 "$DUMPFLT" status crash && run 0 "$DUMPFLT" destroy crash && nothing_left
}
same_name
result $? 'what is left behind lets a stack be that somebody else gave the same name'

# Nothing hangs, but the target has yet to answer
busy()
{
	prepare
	: >"$TMP/busy"
	FAKE_BUSY=$TMP/busy capture 0 40 && err "WARNING: the stack 'crash' is still there" && out complete || return 1
	within 2 processes >/dev/null && rm "$TMP/busy" && within 10 nothing_left && within 5 no_processes &&
		capture 0 30
}
busy
result $? 'a stack that does not go at once goes later, and the next capture is complete'

mdf_hangs()
{
	prepare 'max_seconds = 2'
	FAKE_MDF=hangs capture 1 15 && err "ERROR: writing the dump failed on 'dumpflt0': it is not at its end after 2 s" &&
		err 'Set max_seconds in [dump]' && grep -q "^crash/session=abort" "$FAKE_LOG" && nothing_left &&
		! pgrep -f "^sleep $FAKE_SLEEP\$" >/dev/null
}
mdf_hangs
result $? 'the dump as a whole takes too long'
quiet()
{
	prepare
	FAKE_MDF=$1 capture 1 20 && err "ERROR: makedumpfile failed on '$TMP/vmcore': it hangs: it has written and said nothing for 4 s" &&
		grep -q "^crash/session=abort" "$FAKE_LOG" && nothing_left && ! pgrep -f "^sleep $FAKE_SLEEP\$" >/dev/null
}
quiet hangs
result $? 'makedumpfile hangs in the middle of its stream'
quiet closes
result $? 'makedumpfile has closed its output, and does not end'

slow()
{
	prepare
	FAKE_MDF=chatters capture 0 40 && out "complete: $size bytes"
}
slow
result $? 'slow is not silent: a makedumpfile that says where it is has all the time'

holds()
{
	prepare
	FAKE_MDF=holds capture 0 15 && out "complete: $size bytes" && nothing_left &&
		kill "$(cat "$FAKE_ARGS.holds")"
}
holds
result $? 'what makedumpfile has started holds its pipe open: the end marker counts'

# background: a capture of which $pid is the supervisor, at work on live
background()
{
	"$DUMPFLT" capture -c "$conf" >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	within 10 asked "$1"
}

second_signal()
{
	prepare 'max_seconds = 3000'
	export FAKE_HANG=write
	background crash/session=start && sleep 0.5 && kill -TERM "$pid" && within 30 signals_taken "$pid" && kill -TERM "$pid" && wait "$pid"
	[ $? -eq 1 ] && err "ERROR: capture failed on 'crash': stopped by a second SIGTERM while writing the dump" &&
		nothing_left && no_processes
}
second_signal
result $? 'a second signal does not wait'

# The process that does the work, not the one that was started
worker()
{
	pgrep -P "$pid" -f "capture -c $conf"
}

killed()
{
	prepare
	FAKE_MDF=hangs
	background crash/session=start && sleep 0.5 && kill -KILL "$(worker)" && wait "$pid"
	[ $? -eq 1 ] && err "ERROR: capture failed on 'crash': killed by signal 9 (Killed) while writing the dump" &&
		grep -q "^crash/session=abort" "$FAKE_LOG" && nothing_left && no_processes && ! pgrep -f "^sleep $FAKE_SLEEP\$" >/dev/null
}
killed
result $? 'memory ran out, and the process was killed: said, and nothing is left'

orphan()
{
	prepare
	FAKE_MDF=hangs
	background crash/session=start && sleep 0.5 && kill -KILL "$pid"
	wait "$pid"
	within 10 no_processes && within 5 nothing_left && grep -q "^crash/session=abort" "$FAKE_LOG"
}
orphan
result $? 'the supervisor is killed: the work ends in order'

finish
