# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ktap.sh: results of a test in the kernel's test protocol (KTAP).
#
# Copyright (C) 2026 the dumpflt authors
#
# Same function names and exit codes as the kernel's own ktap_helpers.sh:
# 0 all passed, 1 something failed or results are missing, 4 nothing but skips.

KSFT_PASS=0
KSFT_FAIL=1
KSFT_SKIP=4

ktap_planned=0
ktap_passed=0
ktap_failed=0
ktap_skipped=0

ktap_print_header() {
	echo "TAP version 13"
}

ktap_print_msg() {
	echo "#" "$@"
}

ktap_set_plan() {
	ktap_planned=$1
	echo "1..$ktap_planned"
}

# The whole test cannot run here. Before the plan, so that this is the plan
ktap_skip_all() {
	ktap_print_header
	echo "1..0 # SKIP $*"
	exit "$KSFT_SKIP"
}

ktap_test_pass() {
	ktap_passed=$((ktap_passed + 1))
	echo "ok $((ktap_passed + ktap_failed + ktap_skipped)) $*"
}

ktap_test_fail() {
	ktap_failed=$((ktap_failed + 1))
	echo "not ok $((ktap_passed + ktap_failed + ktap_skipped)) $*"
}

ktap_test_skip() {
	ktap_skipped=$((ktap_skipped + 1))
	echo "ok $((ktap_passed + ktap_failed + ktap_skipped)) $1 # SKIP ${2:-}"
}

# ktap_test_result <description> <command>...: passes if the command succeeds;
# if not, its output is the explanation
ktap_test_result() {
	ktap_name=$1
	shift
	ktap_output=$("$@" 2>&1 3>&-) && ktap_status=0 || ktap_status=$?
	if [ "$ktap_status" -eq 0 ]; then
		ktap_test_pass "$ktap_name"
	else
		echo "# '$*' ended with status $ktap_status:"
		printf '%s\n' "$ktap_output" | sed 's/^/#   /'
		ktap_test_fail "$ktap_name"
	fi
}

ktap_finished() {
	echo "# Totals: pass:$ktap_passed fail:$ktap_failed skip:$ktap_skipped"
	if [ "$ktap_failed" -gt 0 ] || [ $((ktap_passed + ktap_failed + ktap_skipped)) -ne "$ktap_planned" ]; then
		exit "$KSFT_FAIL"
	elif [ "$ktap_passed" -eq 0 ]; then
		exit "$KSFT_SKIP"
	fi
	exit "$KSFT_PASS"
}
