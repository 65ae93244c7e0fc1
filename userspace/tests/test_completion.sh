#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What bash and zsh complete is what --help says: every command, every option, and something for
# every value of which there is a list. And --help knows every option that the tool takes.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=SCRIPTDIR/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

here=$TESTS/../completion
mkdir "$TMP/bin" "$TMP/folder" "$TMP/said"
: >"$TMP/folder/a-file"

# What the tool says of itself, as test_cli.sh has compared it; and, once, what it lists
for file in "$TESTS"/golden/help*; do
	sed '1,/^# Copyright/d' "$file" >"$TMP/said/${file##*/}"
done
mkdir -p "$TMP/config/dumpflt/crash"
installed age digest
"$DUMPFLT" list >"$TMP/said/list" 2>/dev/null
filters=$(sed -n 's/^filters: *//p' "$TMP/said/list")
cat >"$TMP/bin/dumpflt" <<-END
	#!/bin/sh
	case \$2\$1 in
	--help?*) cat "$TMP/said/help-\$1" ;;
	--help) cat "$TMP/said/help" ;;
	*) cat "$TMP/said/\$1" ;;
	esac
END
chmod 755 "$TMP/bin/dumpflt"
PATH=$TMP/bin:$PATH

commands=$(sed -nE 's/^[[:space:]]*\{ "([a-z]+)",[[:space:]]*cmd_.*/\1/p' "$TESTS/../cmd/main.c")
# Of each command, from the text that was agreed on: options, and what they take
options_of()
{
	sed '1,/^# Copyright/d' "$TESTS/golden/help-$1" | grep -oE '^ +(-[a-z], )?--[a-z-]+( [A-Z]+|\[=[A-Z]+)?' |
		sed -E 's/^ +(-[a-z], )?//; s/\[=.*//'
}

in_order()
{
	tr -s ' ' '\n' <<<"$1" | sed '/^$/d' | sort | paste -sd' '
}

# Lines to be completed, and what is to come
ask()
{
	echo "$1" >>"$TMP/lines"
	printf '%s: %s\n' "$1" "$(in_order "$2")" >>"$TMP/want"
}

value()
{
	case $2 in
	FILE | DEVICE) ask "dumpflt $1 $TMP/folder/" a-file ;;
	NAME)
		if [[ $1 == *--stack ]]; then
			ask "dumpflt $1 " crash
		else
			ask "dumpflt $1 " "$filters"
		fi
		;;
	TYPE) ask "dumpflt $1 " 'crash hibernation' ;;
	MODE) ask "dumpflt $1 " 'platform shutdown reboot suspend' ;;
	HOW) ask "dumpflt $1 " 'json line none' ;;
	*) ask "dumpflt $1 " '' ;;
	esac
}

: >"$TMP/lines"
ask 'dumpflt ' "$commands --help --version"
for command in $commands; do
	ask "dumpflt $command --" "$(options_of "$command" | sed 's/ .*//')"
	while read -r option placeholder; do
		[ -z "$placeholder" ] || value "$command $option" "$placeholder"
	done < <(options_of "$command")
done
for command in destroy start finish status; do
	ask "dumpflt $command " crash
done
for command in show verify release erase repair format hibernate 'arm -c' 'extract --device=' 'collect /dev/null' 'arm --config='; do
	[[ $command == *= ]] || command+=' '
	ask "dumpflt $command$TMP/folder/" a-file
done
ask 'dumpflt create ' ''
ask 'dumpflt extract --salvage=' holes
[ "$(wc -l <"$TMP/lines")" -gt 60 ]
result $? "there are $(wc -l <"$TMP/lines") lines to complete"

# As bash splits a line; of a file's name both shells show the last part
bash_completes()
{
	bash -c '. "$1"
		export COMP_WORDBREAKS
		while IFS= read -r line; do
			split=${line//=/ = }
			read -ra COMP_WORDS <<<"$split"
			[[ $split != *" " ]] || COMP_WORDS+=("")
			COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
			_dumpflt
			echo "$line: ${COMPREPLY[*]##*/}"
		done' bash "$here/dumpflt"
}

sorted()
{
	while IFS= read -r line; do
		printf '%s: %s\n' "${line%%: *}" "$(in_order "${line#*: }")"
	done
}

bash_completes <"$TMP/lines" 2>"$TMP/err" | sorted >"$TMP/out" && diff "$TMP/want" "$TMP/out" >>"$TMP/err" && [ ! -s "$TMP/err" ]
result $? 'bash completes them'
timeout 300 zsh -f "$TESTS/completed.zsh" "$here" <"$TMP/lines" 2>"$TMP/err" | sorted >"$TMP/out" &&
	diff "$TMP/want" "$TMP/out" >>"$TMP/err" && [ ! -s "$TMP/err" ]
result $? 'and so does zsh'

# An option that --help does not tell of is in no completion either
told()
{
	local file option code=0

	for file in "$TESTS"/../cmd/*.c; do
		while read -r option; do
			cat "$TESTS"/golden/help-* | grep -qE -- "^ +(-[a-z], )?--$option( |\[|$)" && continue
			echo "${file##*/}: --$option is in no --help" >>"$TMP/err"
			code=1
		done < <(sed -nE 's/^[[:space:]]*\{ "([a-z-]+)",[[:space:]]*[a-z]+_argument,.*/\1/p' "$file")
	done
	return "$code"
}
: >"$TMP/err"
told
result $? '--help tells of every option'
finish
