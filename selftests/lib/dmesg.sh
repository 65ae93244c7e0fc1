# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# dmesg.sh: what the kernel complains about during a test is a result of it.
#
# Copyright (C) 2026 the dumpflt authors
#
# A test that provokes a complaint says so: DMESG_EXPECT is an extended regular
# expression of lines that may come, DMESG_CHECK=no turns the check off.

DMESG_BAD='WARNING:|BUG:|kernel BUG at|Oops|KASAN|KFENCE:|UBSAN:|KCSAN:|general protection fault|possible circular locking|possible recursive locking|inconsistent lock state|suspicious RCU|INFO: task .* blocked for more|INFO: rcu.*stall|rcu:.*detected stalls|soft lockup|hard LOCKUP|Call Trace|scheduling while atomic|sleeping function called|refcount_t:|memory leak|unreferenced object|page allocation failure|possible deadlock|kobject.*tried to init|list_add corruption|list_del corruption|\[dumpflt.* deprecated'
DMESG_EXPECT=${DMESG_EXPECT:-}
DMESG_CHECK=${DMESG_CHECK:-yes}

_dmesg_mark() {
	read -r dmesg_uptime _ </proc/uptime
	dmesg_marker="dumpflt-selftest: $1 begins, $$ $dmesg_uptime"
	echo "$dmesg_marker" >/dev/kmsg
}

# Everything since the mark. No mark in the log means that it was overwritten
_dmesg_since() {
	dmesg | awk -v marker="$dmesg_marker" '
		found { print }
		index($0, marker) { found = 1 }
		END { if (!found) print "BUG: the kernel log has lost the mark: " marker }'
}

_dmesg_clean() {
	[ "$DMESG_CHECK" = no ] && return 0
	dmesg_found=$(_dmesg_since | grep -E "$DMESG_BAD" | grep -Ev "${DMESG_EXPECT:-^$}")
	[ -z "$dmesg_found" ] && return 0
	printf '%s\n' "$dmesg_found"
	echo "--- in the kernel log:"
	_dmesg_since | tail -n 60
	return 1
}

# _dmesg_has <regex>: the kernel said this during the test
_dmesg_has() {
	_dmesg_since | grep -Eq "$1" || {
		echo "the kernel log has no line like '$1'"
		return 1
	}
}
