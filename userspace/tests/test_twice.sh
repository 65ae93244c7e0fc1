#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# An option that is given twice: of every command, every option that --help has. One that
# takes a value and is not meant to repeat is refused, as is a flag.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

public_key()
{
	age-keygen 2>/dev/null | age-keygen -y
}

key=$(public_key) other=$(public_key)
public_key >"$TMP/keys"
public_key >"$TMP/other"
# Refused behind its options: no command gets to do anything
beyond=(a b c)

# What an option takes, or "-" if this has not been told of it
value_of()
{
	case $1 in
	target | device) echo "$TMP/none" ;;
	type) echo crash ;;
	mode) echo shutdown ;;
	compressor) echo none ;;
	max-pages | slots | bytes | slot | image-size | wait) echo 1 ;;
	timeout-ms) echo 1000 ;;
	record-size) echo 64 ;;
	sample) echo 8 ;;
	fingerprint) printf '%064d\n' 0 ;;
	config | identity | origin | recipients-file) echo "$TMP/keys" ;;
	stack) echo crash ;;
	critical | start-optional) echo trace ;;
	abort) echo words ;;
	salvage) echo holes ;;
	view) echo raw ;;
	progress) echo none ;;
	socket) echo "$TMP/none" ;;
	recipient) echo "$key" ;;
	filter) echo trace ;;
	*) echo - ;;
	esac
}

# value_options COMMAND, flags COMMAND: as its --help has them
value_options()
{
	"$DUMPFLT" "$1" --help | sed -n 's/^  \(-., \)\?--\([a-z-]*\)\( [A-Z].*\|\[=.*\)$/\2/p'
}

flags()
{
	"$DUMPFLT" "$1" --help | sed -n 's/^  --\([a-z-]*\)\(  .*\)\?$/\1/p' | grep -vx help
}

refused()
{
	run 2 "$DUMPFLT" "$1" "${@:3}" "${beyond[@]}" && err "ERROR: $1: option '--$2' is there twice" &&
		{ [ "$2" = json ] || [ ! -s "$TMP/out" ]; }
}

# again COMMAND OPTION FIRST SECOND: both ways to give a value. Those that repeat get on
again()
{
	case $1-$2 in
	*-filter | *-critical | *-start-optional | *-recipient | *-recipients-file | *-identity)
		run 2 "$DUMPFLT" "$1" "--$2=$3" "--$2=$4" "${beyond[@]}" && ! err twice
		;;
	collect-config | finish-abort | extract-salvage)
		refused "$1" "$2" "--$2" "--$2" && refused "$1" "$2" "--$2=$3" "--$2" && refused "$1" "$2" "--$2" "--$2=$4"
		;;
	*)
		refused "$1" "$2" "--$2" "$3" "--$2" "$4" && refused "$1" "$2" "--$2=$3" "--$2=$4"
		;;
	esac
}

count=0
for command in $("$DUMPFLT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	code=0
	for option in $(value_options "$command"); do
		value=$(value_of "$option") second=$value
		case $option in
		filter) second=crypt,key=x ;;
		recipient) second=$other ;;
		recipients-file) second=$TMP/other ;;
		esac
		[ "$value" != - ] && again "$command" "$option" "$value" "$second" || code=1
		count=$((count + 1))
	done
	for option in $(flags "$command"); do
		refused "$command" "$option" "--$option" "--$option" || code=1
		count=$((count + 1))
	done
	result "$code" "$command: every option twice"
done

[ "$count" -ge 45 ] && refused capture config -c "$TMP/keys" --config "$TMP/keys" &&
	refused arm config -c "$TMP/keys" -c "$TMP/keys" && [ ! -s "$FAKE_LOG" ]
result $? "$count options, and the short form of --config"

finish
