# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# locked.sh: what the guests that are locked down share.
#
# Copyright (C) 2026 the dumpflt authors

loaded() {
	[ "$(cat /sys/kernel/kexec_crash_loaded)" = "$1" ]
}

fail() {
	_verdict "# $1:"
	_verdict_lines '#   ' </tmp/out
	exit 1
}

# refused <words> [<dumpflt arm option>...]: with these words
refused() {
	words=$1
	shift
	dumpflt arm "$@" >/tmp/out 2>&1 && fail "it should have been refused: $words"
	grep -qF -- "$words" /tmp/out || fail "it does not say '$words'"
}

# A machine on which all that follows would be no proof is no use
begin() {
	: >/tmp/out
	mkdir -p /run
	mount -t securityfs securityfs /sys/kernel/security
	grep -q '\[integrity\]' /sys/kernel/security/lockdown || fail "the kernel is not locked down"
}
