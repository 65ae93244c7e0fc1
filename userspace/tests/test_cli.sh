#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The subcommands that make, show and remove stacks, and all --help texts.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

: >"$TMP/target"

dumpflt()
{
	run "$1" "$DUMPFLT" "${@:2}"
}

# The lines of a golden file behind its header
golden_text()
{
	sed '1,/^# Copyright/d' "$TESTS/golden/$1"
}

# golden NAME FILE: whether FILE is as it was agreed on. UPDATE_GOLDEN=1 agrees
golden()
{
	if [ -n "${UPDATE_GOLDEN:-}" ]; then
		sed '/^# Copyright/q' "$TESTS/golden/usage-lines" >"$TMP/golden"
		sed "s,$TMP,TMP,g" "$2" | cat "$TMP/golden" - >"$TESTS/golden/$1"
	fi
	sed "s,$TMP,TMP,g" "$2" | diff -u <(golden_text "$1") - >&2
}

for command in create destroy start finish status list capture rehearse arm disarm format show verify extract open serve collect reseal hibernate resume release erase repair; do
	dumpflt 0 "$command" --help && golden "help-$command" "$TMP/out"
	result $? "$command --help"
done
dumpflt 0 --help && golden help "$TMP/out"
result $? '--help'
# same WORD... -- WORD...: both say the same, with 0
same()
{
	local words=() word

	for word in "${@:1:$#}"; do
		if [ "$word" = -- ]; then
			dumpflt 0 "${words[@]}" && cp "$TMP/out" "$TMP/same" || return 1
			words=()
		else
			words+=("$word")
		fi
	done
	dumpflt 0 "${words[@]}" && cmp "$TMP/out" "$TMP/same" && silent
}

help_of_each()
{
	local command

	for command in $("$DUMPFLT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		same "$command" --help -- "$command" -h && same "$command" --help -- help "$command" || return 1
	done
}
same --help -- -h && same --help -- help && same --version -- -V && help_of_each && dumpflt 2 help frobnicate && err "'frobnicate' is not a command"
result $? '-h, help, help COMMAND, COMMAND -h, -V'

mistyped()
{
	local typed meant

	while read -r typed meant; do
		dumpflt 2 "$typed" && err "ERROR: '$typed' is not a command" || return 1
		if [ -n "$meant" ]; then
			err "Is '$meant' meant?" || return 1
		else
			! err meant || return 1
		fi
	done <<'END'
verifyx verify
vreify verify
colect collect
extarct extract
hibernatee hibernate
relaes release
Arm arm
xyzw
frobnicate
verifyverify
END
}
mistyped
result $? 'a mistyped command: which is meant'
dumpflt 2 && golden help "$TMP/err"
result $? 'no command: the same, as an error'

# Every wrong usage, its message and exit code 2
usage()
{
	local line words code=0

	: >"$TMP/usage"
	while read -r line; do
		read -ra words <<<"$line"
		dumpflt 2 "${words[@]}" || code=1
		echo "\$ dumpflt $line" >>"$TMP/usage"
		cat "$TMP/err" >>"$TMP/usage"
	done < <(golden_text usage-lines)
	[ "$code" -eq 0 ] && [ ! -s "$FAKE_LOG" ] && golden usage "$TMP/usage"
}
usage
result $? 'every wrong usage'

create()
{
	dumpflt 0 create night --target "$TMP/target" --max-pages 8 \
		--timeout-ms 900 --critical crypt --filter trace \
		--filter 'crypt,key=a\,b,mode=x' --start-optional trace &&
		[ "$(cat "$TMP/out")" = dumpflt0 ] && golden log-create "$FAKE_LOG"
}
create
result $? 'create: what the kernel is asked for'

dumpflt 0 create second --target "$TMP/target" --json &&
	[ "$(cat "$TMP/out")" = '{"stack":"second","device":"dumpflt1","version":1}' ]
result $? 'create --json'
dumpflt 0 create third --target "$TMP/target" --no-live && [ ! -s "$TMP/out" ] &&
	! asked third/live=1
result $? 'create --no-live'

left_out()
{
	dumpflt 0 create fourth --target "$TMP/target" --filter shy &&
		err "WARNING: stack 'fourth' works without filter '10-shy'" &&
		dumpflt 0 start fourth && err "works without filter '10-shy'" &&
		wrote 65536 dumpflt2 && dumpflt 0 finish fourth && dumpflt 0 destroy fourth
}
left_out
result $? 'a filter that is left out: said by create, and by start'
dumpflt 0 start night && dumpflt 1 start night &&
	err "ERROR: start failed on 'night': Device or resource busy" &&
	err "A session is open: end it with 'dumpflt finish'."
result $? 'start, and start again'
dumpflt 0 list && golden list "$TMP/out"
result $? 'list'
dumpflt 0 list --json && golden list-json "$TMP/out"
result $? 'list --json'
# Whatever the machine is on which this runs
export DUMPFLT_ROOT=$TMP/root
dumpflt 0 status && golden status "$TMP/out"
result $? 'status'
dumpflt 0 status night --json && golden status-json "$TMP/out"
result $? 'status NAME --json'
dumpflt 1 status fifth && err "ERROR: status failed on 'fifth': No such file or directory"
result $? 'status of what does not exist'

wrote 65536 && dumpflt 0 finish night && [ "$(cat "$TMP/out")" = complete ]
result $? 'finish'
dumpflt 1 finish night &&
	err "There may be no session: see 'dumpflt status'." && [ ! -s "$TMP/out" ]
result $? 'finish without a session'
dumpflt 0 start night --read &&
	[ "$(cat "$TMP/config/dumpflt/night/state")" = reading ] && dumpflt 0 finish night
result $? 'start --read'
dumpflt 0 start night && dumpflt 0 finish night --abort &&
	[ "$(cat "$TMP/config/dumpflt/night/state")" = failed ]
result $? 'finish --abort'
dumpflt 1 finish night --abort && err "ERROR: abort failed on 'night': there is no session, the state is 'failed'" &&
	dumpflt 0 start night && wrote 65536 && dumpflt 0 finish night && dumpflt 1 finish night --abort &&
	err "the state is 'complete'"
result $? 'finish --abort without a session'

for name in night second third; do
	dumpflt 0 destroy "$name" || break
done && nothing_left
result $? 'destroy'
dumpflt 1 destroy night &&
	err "ERROR: taking down the stack failed on 'night': No such file or directory"
result $? 'destroy of what does not exist'
for command in status destroy start finish 'start --read' 'finish --abort'; do
	# shellcheck disable=SC2086 # words
	if ! dumpflt 1 $command night || ! err "'dumpflt list' lists the stacks that exist" || [ "$(wc -l <"$TMP/err")" -ne 2 ]; then
		break
	fi
done
[ "$command" = 'finish --abort' ] && err "'dumpflt list' lists"
result $? 'who names a stack that is not there is told where the others are'
dumpflt 0 list && [ "$(cat "$TMP/out")" = 'filters: crypt' ] &&
	dumpflt 0 status && [ "$(cat "$TMP/out")" = "not armed: run 'dumpflt arm'" ] && dumpflt 0 status --json &&
	[ "$(cat "$TMP/out")" = '[{"armed":null,"loaded":false,"why":"not armed: run '"'dumpflt arm'"'","version":1}]' ]
result $? 'list and status of nothing'

failed_create()
{
	FAKE_FAULT="night/live=1 126 filter 'crypt': init failed: -126 (ENOKEY): no key" \
		dumpflt 1 create night --target "$TMP/target" --filter crypt &&
		err "ERROR: setting live failed on 'night': Required key not available" &&
		err "last_error: filter 'crypt': init failed: -126 (ENOKEY): no key" &&
		nothing_left
}
failed_create
result $? 'create fails: the kernel words, and nothing is left'

# EOPNOTSUPP has a cause for each operation, which last_error tells
cannot_read()
{
	dumpflt 0 create night --target "$TMP/target" --filter crypt || return 1
	FAKE_FAULT="night/session=read 95 filter 'mine' changes data but cannot read it back" \
		dumpflt 1 start night --read && err "ERROR: start --read failed on 'night': Operation not supported" &&
		err "last_error: filter 'mine' changes data but cannot read it back" &&
		! grep -qi -e zoned -e require_flush "$TMP/err" && dumpflt 0 destroy night && nothing_left
}
cannot_read
result $? 'a session is refused: no other cause is guessed'

no_module()
{
	DUMPFLT_CONFIGFS=$TMP/none dumpflt 1 create night --target "$TMP/target" &&
		golden no-module "$TMP/err" &&
		DUMPFLT_CONFIGFS=$TMP/none dumpflt 0 list
}
no_module
result $? 'the module is not there'

abbreviated()
{
	local option

	for option in '--slot 3' --slot=3 --forc; do
		# shellcheck disable=SC2086 # with its value
		dumpflt 2 format $option "$TMP/none" && err "is to be spelled out" || return 1
	done
	dumpflt 2 create x --targ /dev/null && err "option '--target' is to be spelled out" &&
		dumpflt 1 format --slots=3 "$TMP/none" && dumpflt 1 format --slots 3 "$TMP/none"
}
abbreviated
result $? 'an option that is not spelled out is refused'

finish
