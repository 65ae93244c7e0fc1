# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# results.sh: results of checks on the machine that guests run on, one a line.
#
# Copyright (C) 2026 the dumpflt authors

results_passed=0 results_failed=0

# _check <description> <command>...
_check() {
	local name=$1
	shift
	if "$@"; then
		results_passed=$((results_passed + 1))
		echo "ok $name"
	else
		results_failed=$((results_failed + 1))
		echo "not ok $name"
	fi
}

_no_check_failed() {
	[ "$results_failed" -eq 0 ]
}

# The last line; its status is that of all
_total() {
	echo "$results_passed passed, $results_failed failed, 0 skipped"
	[ "$results_failed" -eq 0 ] && [ "$results_passed" -gt 0 ]
}
