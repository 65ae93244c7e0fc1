#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dumpflt extract: the same file as makedumpfile -R makes, or none at all.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

sample=$TMP/sample
device=$TMP/device
file=$TMP/dump
"$BUILD/flatgen" 5 >"$sample"
size=$(stat -c %s "$sample")
# As on a disk: something older is behind the dump
cat "$sample" <(head -c 3000000 /dev/urandom) >"$device"

extract()
{
	run "$1" "$DUMPFLT" extract "${@:2}"
}

no_file()
{
	[ ! -e "$file" ] && [ -z "$(compgen -G "$file.*.partial")" ]
}

# The reference: who wrote the stream also reads it
if command -v makedumpfile >/dev/null; then
	makedumpfile -R "$TMP/reference" <"$sample" >/dev/null 2>&1
	same()
	{
		rm -f "$file"
		extract 0 --device "$device" "$file" &&
			cmp -s "$file" "$TMP/reference" &&
			out "extracted: $(stat -c %s "$file") bytes to $file" &&
			[ "$(stat -c %a "$file")" = 600 ] &&
			[ -z "$(compgen -G "$file.*.partial")" ]
	}
	same
	result $? 'the same file as makedumpfile -R'
else
	nr=$((nr + 1))
	echo "ok $nr the same file as makedumpfile -R # SKIP no makedumpfile"
	extract 0 --device "$device" "$file"
	cp "$file" "$TMP/reference"
fi

holes()
{
	[ "$(($(stat -c '%b * 512' "$file")))" -lt "$(stat -c %s "$file")" ]
}
holes
result $? 'zeros are holes'

refused()
{
	local before

	before=$(stat -c %i "$file")
	extract 1 --device "$device" "$file" &&
		err "ERROR: creating the output failed on '$file': File exists" &&
		err '--force' && [ "$(stat -c %i "$file")" = "$before" ]
}
refused
result $? 'a file that exists is not replaced'

forced()
{
	echo old >"$file"
	extract 0 --force --device "$device" "$file" &&
		cmp -s "$file" "$TMP/reference" && [ -z "$(compgen -G "$file.*.partial")" ]
}
forced
result $? 'with --force it is'

flattened()
{
	rm -f "$file"
	extract 0 --flattened --device "$device" "$file" && cmp -s "$file" "$sample"
}
flattened
result $? '--flattened ends with the end marker'

to_stdout()
{
	extract 0 --flattened --device "$device" - && cmp -s "$TMP/out" "$sample"
}
to_stdout
result $? 'the stream on standard output, and nothing else'

closed_pipe()
{
	"$DUMPFLT" extract --flattened --device "$device" - 2>"$TMP/err" |
		head -c 100 >"$TMP/out"
	[ "${PIPESTATUS[0]}" -eq 1 ] &&
		err "ERROR: writing the dump failed on '-': Broken pipe"
}
closed_pipe
result $? 'a reader that goes away is an error'

# bad WORDS...: extracting what is in $TMP/bad fails and leaves nothing
bad()
{
	local words

	rm -f "$file"
	extract '3|4|5' --device "$TMP/bad" "$file" && no_file || return 1
	for words in "$@"; do
		err "$words" || return 1
	done
	extract '3|4|5' --flattened --device "$TMP/bad" "$file" && no_file
}

head -c -16 "$sample" >"$TMP/bad"
bad "ERROR: reading the dump failed on '$TMP/bad': it ends at byte $((size - 16)) without an end marker"
result $? 'no end marker'
cat <(head -c -16 "$sample") <(head -c 100000 /dev/urandom | tr '\0-\177' '\200') >"$TMP/bad"
bad "record with a negative offset, at byte $((size - 16))"
result $? 'garbage where the end marker should be'
head -c 100000 /dev/zero >"$TMP/bad"
bad "no makedumpfile signature: not a flattened dump, at byte 0" \
	"make a stack of the same filters and key with 'dumpflt create', and use --stack"
result $? 'no dump at all'
: >"$TMP/bad"
bad 'it ends at byte 0 without an end marker'
result $? 'an empty file'
mkfifo "$TMP/pipe"
rm -f "$file"
exec {pipe}<>"$TMP/pipe"
extract 1 --device "$TMP/pipe" "$file" &&
	err "ERROR: opening failed on '$TMP/pipe': it is neither a block device nor a file" && no_file
result $? 'a pipe is no device'
exec {pipe}>&-

limited()
{
	rm -f "$file"
	(ulimit -f 2000; extract 1 --device "$device" "$file") &&
		err "ERROR: writing the dump failed on '$file': File too large" && no_file
}
limited
result $? 'no room for the output'

# Until there is a file that takes a while: the signal must meet it at work
signalled()
{
	local pid code

	rm -f "$file"
	"$BUILD/flatgen" 400 >"$TMP/large"
	"$DUMPFLT" extract --device "$TMP/large" "$file" >"$TMP/out" 2>"$TMP/err" &
	pid=$!
	for _ in {1..200}; do
		[ -s "$(compgen -G "$file.*.partial")" ] && break
		sleep 0.01
	done
	kill -s INT "$pid"
	wait "$pid"
	code=$?
	rm -f "$TMP/large"
	[ "$code" -eq 1 ] && no_file &&
		err "ERROR: extracting failed on '$TMP/large': stopped by SIGINT"
}
set -m
signalled
result $? 'Ctrl-C leaves nothing behind'
set +m

stack()
{
	rm -f "$file"
	cp "$device" "$TMP/target"
	"$DUMPFLT" create crash --target "$TMP/target" --filter crypt >/dev/null || return 1
	: >"$FAKE_LOG"
	extract 0 --stack crash "$file" && cmp -s "$file" "$TMP/reference" &&
		printf 'crash/session=read\ncrash/session=finish\n' | cmp -s - "$FAKE_LOG"
}
stack
result $? 'through a stack, in a session of its own'

stack_fails()
{
	export FAKE_FAULT="crash/session=finish 5 filter 'digest': finish failed"
	rm -f "$file"
	extract 1 --stack crash "$file" && no_file &&
		err "last_error: filter 'digest': finish failed"
}
stack_fails
result $? 'no file if the filters say no at the end'
unset FAKE_FAULT

stack_cut()
{
	head -c 500000 "$sample" >"$TMP/target"
	: >"$FAKE_LOG"
	extract 4 --stack crash "$file" && no_file && asked crash/session=finish
}
stack_cut
result $? 'a cut dump in a stack: the session ends all the same'

# What a filter makes of a dump with another key than its own
stack_key()
{
	head -c 500000 /dev/urandom | tr '\0-\177' '\200' >"$TMP/target"
	extract 3 --stack crash "$file" && no_file && err 'no makedumpfile signature' &&
		err 'they are not as they were when it was written' && err "'dumpflt status crash'" &&
		err "'dumpflt destroy crash', then 'dumpflt create'" && ! err 'use --stack'
}
stack_key
result $? 'a stack with another key: what is wrong, and what to type'

stack_busy()
{
	"$DUMPFLT" start crash && extract 1 --stack crash "$file" && no_file &&
		err "ERROR: start --read failed on 'crash': Device or resource busy" &&
		[ "$(cat "$TMP/config/dumpflt/crash/state")" = started ]
}
stack_busy
result $? 'a session that is open is not touched'

wrote 65536
"$DUMPFLT" finish crash >/dev/null && "$DUMPFLT" destroy crash
extract 1 --stack crash "$file" && no_file
result $? 'a stack that does not exist'

finish
