# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# attempt.sh: dumps that have to fail, in a real capture kernel.
#
# Copyright (C) 2026 the dumpflt authors
#
# Each attempt has to end with exit code 1 and a message that says why, must
# not call the dump complete, and must leave no stack behind. Where nothing may
# be written, not one write request may have reached the disk. The messages go
# to the verdict as they are.

attempts=0
attempts_failed=0

_problem() {
	echo "$1" >>/tmp/problems
}

# _written <disk>: sectors written to it since boot
_written() {
	awk '{ print $7 }' "/sys/block/${1##*/}/stat"
}

# _attempt <description> <regex> <untouched|touched> <configuration> [disk]
# [command]...: the command says what else has to be so
_attempt() {
	attempt_name=$1 attempt_regex=$2 attempt_touched=$3 attempt_disk=${5:-/dev/vda}
	attempts=$((attempts + 1))
	printf '%s\n' "$4" >/tmp/attempt.conf
	shift 4
	[ $# -eq 0 ] || shift
	: >/tmp/problems
	attempt_before=$(_written "$attempt_disk")
	dumpflt capture -c /tmp/attempt.conf >/tmp/attempt 2>&1
	attempt_status=$?
	[ "$attempt_status" -eq 1 ] || _problem "its exit code is $attempt_status, not 1"
	grep -Eq "$attempt_regex" /tmp/attempt || _problem "no message has '$attempt_regex'"
	! grep -q '^complete' /tmp/attempt || _problem "it calls the dump complete"
	! ls -d /sys/kernel/config/dumpflt/*/ >/dev/null 2>&1 || _problem "a stack is left behind"
	if [ "$attempt_touched" = untouched ]; then
		[ "$(_written "$attempt_disk")" = "$attempt_before" ] || _problem "it wrote to the disk"
	fi
	if [ $# -gt 0 ]; then
		"$@" >/tmp/command 2>&1 || _problem "'$*' is not so: $(tail -n 1 /tmp/command)"
	fi
	_attempt_report
}

_attempt_report() {
	_verdict_lines '# ' </tmp/attempt
	if [ -s /tmp/problems ]; then
		_verdict_lines '# PROBLEM: ' </tmp/problems
		attempts_failed=$((attempts_failed + 1))
		_verdict "not ok $attempts fails: $attempt_name"
	else
		_verdict "ok $attempts fails: $attempt_name"
	fi
}
