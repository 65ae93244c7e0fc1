# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests.sh: which tests there are, for the host's scripts. SELFTESTS is the folder of all.
#
# Copyright (C) 2026 the dumpflt authors

# What the suite consists of. Other folders with tests have a "run" of their own
SUITE=(contract area seal faults control io)

# _tests <test_NAME.sh | FOLDER | FOLDER/test_NAME.sh>...: their paths below SELFTESTS, one a
# line; the whole suite if none is named
_tests() {
	local name found

	[ $# -gt 0 ] || set -- "${SUITE[@]}"
	for name; do
		found=$(cd "$SELFTESTS" && shopt -s nullglob && case $name in
			*/*.sh) [ ! -f "$name" ] || echo "$name" ;;
			*.sh) printf '%s\n' */"$name" ;;
			*) printf '%s\n' "${name%/}"/test_*.sh ;;
		esac)
		[ -n "$found" ] || {
			echo "ERROR: search for tests failed on '$name': none in '$SELFTESTS'" >&2
			return 1
		}
		printf '%s\n' "$found"
	done
}
