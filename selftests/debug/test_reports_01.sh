#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_reports_01.sh: until here every sanitizer was on: each still sees a module
# that does what it is there for, and so do the tests.
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
export DMESG_CHECK=no
kmemleak=/sys/kernel/debug/kmemleak

# Lockdep ends with its first report, and when its tables are full
lockdep_is_on() {
	grep -E 'debug_locks: +1$' /proc/lockdep_stats
}

# done <what>: the misdeed
commit() {
	_dmesg_mark "$1"
	modprobe misdeed "what=$1" && rmmod misdeed
}

# reported <what> <regex>: it is in the kernel log, and fails whatever test it comes in
reported() {
	commit "$1" && _dmesg_has "$2" && DMESG_CHECK=yes && ! _dmesg_clean >"$TEST_TMP/log"
	reported_status=$?
	DMESG_CHECK=no
	return "$reported_status"
}

# It knows an object as leaked some seconds after nobody points to it any more
leaked() {
	modprobe misdeed what=leak || return 1
	echo scan >"$kmemleak" && sleep 6 && echo scan >"$kmemleak" && grep -F '[misdeed]' "$kmemleak"
	leaked_status=$?
	rmmod misdeed
	return "$leaked_status"
}

_have "$kmemleak" /proc/lockdep_stats
_test_begin 8
ktap_test_result "lockdep is still on" lockdep_is_on
# Each of the others turns lockdep off, KASAN with its first report
ktap_test_result "lockdep finds locks in another order" reported order 'possible circular locking'
ktap_test_result "kmemleak finds a leak" leaked
ktap_test_result "KASAN finds a write behind an object" reported overrun 'KASAN: slab-out-of-bounds'
ktap_test_result "UBSAN finds a shift that is too far" reported shift 'UBSAN: shift-out-of-bounds'
ktap_test_result "a sleep in atomic context is found" reported sleep 'sleeping function called'
ktap_test_result "DEBUG_OBJECTS finds a timer that is freed" reported object 'ODEBUG: free active'
ktap_test_result "DEBUG_LIST finds an entry that is removed twice" reported list 'list_del corruption'
_test_end
