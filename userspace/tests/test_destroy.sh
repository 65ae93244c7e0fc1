#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A stack is taken down by many at once: by one of them. What was under way in it is named.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

truncate -s 4M "$TMP/target"

create()
{
	run 0 "$DUMPFLT" create night --target "$TMP/target" --filter template --filter trace "$@"
}

gone()
{
	[ -z "$(find "$TMP/config/dumpflt" "$TMP/sys/block" -mindepth 1)" ] || {
		ls -R "$TMP/config" "$TMP/sys" >>"$TMP/err"
		return 1
	}
}

# Ten times: one does it, nine are told that it is gone, in words of the tool
at_once()
{
	local i pids codes

	create || return 1
	pids=()
	for i in {0..9}; do
		"$DUMPFLT" destroy night >"$TMP/out$i" 2>"$TMP/err$i" &
		pids+=($!)
	done
	codes=''
	for i in {0..9}; do
		wait "${pids[i]}"
		codes+=$?
		[ "${codes: -1}" = 0 ] || grep -q "^ERROR: .*'night'" "$TMP/err$i" || return 1
	done
	cat "$TMP"/err[0-9] >"$TMP/err"
	echo "exit codes $codes" >>"$TMP/err"
	[ "$(tr -d 1 <<<"$codes")" = 0 ] && gone
}

often()
{
	local i

	for i in {1..5}; do
		at_once || return 1
	done
}

# says WORDS: destroy does, about a session in which nothing was written
says()
{
	run 0 "$DUMPFLT" destroy night && err "WARNING: stack 'night' had $1 under way, which is interrupted" && gone
}

# Nothing was under way
quiet()
{
	run 0 "$DUMPFLT" destroy night && silent && gone
}

often
result $? 'ten at once: one takes it down, nine are told'
create && run 0 "$DUMPFLT" start night && says 'a dump'
result $? 'a dump that is under way is named'
create && run 0 "$DUMPFLT" start --read night && says 'a read-back'
result $? 'so is a read-back'
create && run 0 "$DUMPFLT" start night && run 0 "$DUMPFLT" finish --abort night && quiet
result $? 'one that has ended is not'
create && quiet
result $? 'nor is there one before it has begun'
create --no-live && quiet
result $? 'or went live'

finish
