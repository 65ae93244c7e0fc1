#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# --json: of every command that has it, whatever fails before there is a result is one
# JSON object, with the error and the exit code. So nobody who waits for a line waits in vain.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

export DUMPFLT_ROOT=$TMP/root
mkdir -p "$DUMPFLT_ROOT"
none=$TMP/none
echo x >"$TMP/text"
age-keygen -o "$TMP/key" 2>/dev/null
recipient=$(age-keygen -y "$TMP/key")

# one CODE ARGUMENT...: the command ends so, and says so in one line
one()
{
	run "$@" && [ "$(wc -l <"$TMP/out")" -eq 1 ] && grep -q '^{.*}$' "$TMP/out" &&
		grep -q '"error":"[^"]' "$TMP/out" && out "\"exit\":$1" && err ERROR
}

# What each command is given that is not there, or is none
wrong()
{
	case $1 in
	create) echo "x --target $none" ;;
	status) echo nobody ;;
	arm | rehearse) echo "-c $none" ;;
	capture) echo "-c $none" ;;
	collect) echo "$none $TMP" ;;
	release | erase) echo "--all $none" ;;
	hibernate) echo "$none" ;;
	resume) echo "--noresume $none" ;;
	reseal) echo "--identity $TMP/key --recipient $recipient $none $TMP/out.age" ;;
	list) echo ;;
	extract) echo "--device $none $TMP/extracted" ;;
	*) echo "$none" ;;
	esac
}

# early COMMAND: a wrong option, too many words, and what is not there
early()
{
	local words

	read -ra words < <(wrong "$1")
	one 2 "$DUMPFLT" "$1" --json --bogus && one 2 "$DUMPFLT" "$1" --bogus --json &&
		one 2 "$DUMPFLT" "$1" --json a b c d || return 1
	[ "${#words[@]}" -eq 0 ] || one 1 "$DUMPFLT" "$1" --json "${words[@]}"
}

count=0
for command in $("$DUMPFLT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	"$DUMPFLT" "$command" --help | grep -q -- ' --json ' || continue
	early "$command"
	result $? "$command: an early failure"
	count=$((count + 1))
done
[ "$count" -ge 14 ]
result $? "$count commands"

one 1 "$DUMPFLT" show --json "$TMP/text" && out 'there is none' && one 1 "$DUMPFLT" verify --json "$TMP/text" &&
	one 1 "$DUMPFLT" collect --json --config="$none" && one 1 "$DUMPFLT" format --json "$TMP/text" &&
	truncate -s 16M "$TMP/image" && run 0 "$DUMPFLT" format --json "$TMP/image" && one 3 "$DUMPFLT" verify --json "$TMP/image" &&
	one 1 "$DUMPFLT" verify --json --slot 9 "$TMP/image" && one 3 "$DUMPFLT" verify --json --all "$TMP/image" &&
	one 1 "$DUMPFLT" collect --json "$TMP/image" "$none" && one 1 "$DUMPFLT" collect --json --config="$TMP/text" &&
	one 1 "$DUMPFLT" release --json --slot 9 "$TMP/image" && one 1 "$DUMPFLT" erase --json --slot 9 "$TMP/image" && one 1 "$DUMPFLT" capture --json --dry-run -c "$TMP/text"
result $? 'wrong files, slots and folders'
run 0 "$DUMPFLT" show --json --help && ! out '"error"' && run 0 "$DUMPFLT" show --json "$TMP/image" && ! out '"error"' &&
	run 2 "$DUMPFLT" destroy --json x && [ ! -s "$TMP/out" ] && run 2 "$DUMPFLT" show -- --json x && [ ! -s "$TMP/out" ]
result $? 'nothing but a result where nothing has failed, or nobody asked'

finish
