# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# blocks.sh: the blocks of commands in documents, each a file $blocks/DOCUMENT.NUMBER. Each is run,
# which is written to $accounted, or a line DOCUMENT|BEGIN|REASON of $TMP/elsewhere says why not.
# Sourced behind lib.sh.
#
# Copyright (C) 2026 the dumpflt authors

blocks=$TMP/blocks
accounted=$TMP/accounted
mkdir "$blocks"
: >"$accounted"

first_command()
{
	grep -m 1 -v '^ *$' "$1"
}

# all_run FILE...: whether that is so of each of them, and no reason is about nothing
all_run()
{
	local file document first where begin code=0

	for file; do
		grep -qxF "$file" "$accounted" && continue
		document=$(basename "${file%.*}")
		first=$(first_command "$file")
		while IFS='|' read -r where begin _; do
			[ "$where" = "$document" ] && [[ $first == "$begin"* ]] && continue 2
		done <"$TMP/elsewhere"
		echo "$document: not run, and no reason: $first" >>"$TMP/err"
		code=1
	done
	while IFS='|' read -r where begin _; do
		cat "$blocks/$where".* | grep -qF -- "$begin" && continue
		echo "$where: no block begins with '$begin'" >>"$TMP/err"
		code=1
	done <"$TMP/elsewhere"
	return "$code"
}
