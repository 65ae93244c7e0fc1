# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check.sh: small things to be true, which say what they saw instead.
#
# Copyright (C) 2026 the dumpflt authors

# _is <what> <value> <expected>
_is() {
	[ "$2" = "$3" ] && return 0
	echo "$1 is '$2', '$3' was expected"
	return 1
}

# _fails <regex> <command>...: it fails, and what it says matches
_fails() {
	fails_regex=$1
	shift
	fails_output=$("$@" 2>&1) && {
		echo "'$*' succeeded"
		return 1
	}
	grep -Eq "$fails_regex" <<-OUTPUT && return 0
		$fails_output
	OUTPUT
	echo "'$*' failed with '$fails_output', '$fails_regex' was expected"
	return 1
}

# _same_lines <expected> <command>...: its output is exactly this
_same_lines() {
	lines_expected=$1
	shift
	lines_got=$("$@")
	[ "$lines_got" = "$lines_expected" ] && return 0
	printf "expected:\n%s\ngot:\n%s\n" "$lines_expected" "$lines_got"
	return 1
}
