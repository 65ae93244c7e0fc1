# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test.sh: the frame of a test script. Sourced first by each test_*.sh.
#
# Copyright (C) 2026 the dumpflt authors
#
#   #!/bin/sh
#   # <SPDX>, what is tested, copyright
#   . "$(dirname "$0")/../lib/test.sh"
#   _test_begin 2
#   ktap_test_result "..." _stack_create s0 "$disk"
#   ktap_test_result "..." ...
#   _test_end
#
# _test_end adds two results: everything that the test made could be removed,
# and the kernel did not complain. A script that ends any other way has failed.

SELFTESTS=${SELFTESTS:-$(cd "$(dirname "$0")/.." && pwd)}
TEST_NAME=${0##*/}
TEST_NAME=${TEST_NAME%.sh}
WORKERS=/sys/devices/virtual/workqueue/cpumask

# shellcheck source=guest.sh
. "$SELFTESTS/lib/guest.sh"
# shellcheck source=ktap.sh
. "$SELFTESTS/lib/ktap.sh"
# shellcheck source=dmesg.sh
. "$SELFTESTS/lib/dmesg.sh"
# shellcheck source=disk.sh
. "$SELFTESTS/lib/disk.sh"
# shellcheck source=dumpflt.sh
. "$SELFTESTS/lib/dumpflt.sh"

_require_guest

# _record <kind> <name>: to be removed at the end, last one first
_record() {
	echo "$1 $2" >>"$TEST_TMP/created"
}

# Nothing to undo if the same thing was undone by the test itself
_forget() {
	forget_rest=''
	while read -r forget_line; do
		[ "$forget_line" = "$1 $2" ] || forget_rest="$forget_rest$forget_line
"
	done <"$TEST_TMP/created"
	printf %s "$forget_rest" >"$TEST_TMP/created"
}

_mount() {
	mkdir -p "$TEST_TMP/mnt"
	mount "$@" "$TEST_TMP/mnt" || return 1
	_record mount "$TEST_TMP/mnt"
}

# A callback that does not sleep keeps its CPU for as long as it takes, from who looks at
# it, too: callbacks get one CPU from now on, and this test the other
_apart() {
	_record workers "$(cat "$WORKERS")" && _set 1 "$WORKERS" && taskset -p 2 "$$" >/dev/null
}

_remove_all() {
	remove_status=0
	remove_list=''
	while read -r kind name; do
		remove_list="$kind $name
$remove_list"
	done <"$TEST_TMP/created"
	: >"$TEST_TMP/created"
	while read -r kind name; do
		[ -n "$kind" ] || continue
		case $kind in
		stack) _remove_stack "$name" ;;
		unload) _unload ;;
		mount) umount "$name" ;;
		workers) echo "$name" >"$WORKERS" ;;
		*) _remove_disk "$kind" "$name" ;;
		esac || {
			echo "cannot remove $kind '$name'"
			remove_status=1
		}
	done <<-LIST
		$remove_list
	LIST
	return "$remove_status"
}

# Reached by _test_end only with nothing left to do
_test_abort() {
	abort_status=$?
	trap - EXIT
	_remove_all | sed 's/^/# /'
	rm -rf "$TEST_TMP"
	[ -n "$test_ended" ] && exit "$abort_status"
	echo "Bail out! $TEST_NAME ended before its end (status $abort_status)"
	exit 1
}

# _test_begin <number of results>
_test_begin() {
	ktap_print_header
	TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/dumpflt-test.XXXXXX")
	: >"$TEST_TMP/created"
	test_ended=''
	trap _test_abort EXIT
	trap 'exit 143' TERM INT HUP
	ktap_set_plan "$(($1 + 2))"
	_dmesg_mark "$TEST_NAME"
}

_test_end() {
	ktap_test_result "everything is removed again" _remove_all
	ktap_test_result "no complaint in the kernel log" _dmesg_clean
	test_ended=yes
	ktap_finished
}

# _have <file or command>...: or the whole test is skipped. Before _test_begin
_have() {
	for need in "$@"; do
		[ -e "$need" ] || command -v "$need" >/dev/null || ktap_skip_all "no '$need' here"
	done
}

# _have_module <module>...: or the whole test is skipped. Before _test_begin
_have_module() {
	read -r have_release </proc/sys/kernel/osrelease
	for need in "$@"; do
		[ ! -d "/sys/module/$need" ] || continue
		# In a file's name it may have - in place of each _
		have_regex='' have_rest=$need
		while [ "$have_rest" != "${have_rest#*_}" ]; do
			have_regex="$have_regex${have_rest%%_*}[-_]"
			have_rest=${have_rest#*_}
		done
		grep -q "/$have_regex$have_rest\.ko" "/lib/modules/$have_release/modules.dep" \
			"/lib/modules/$have_release/modules.builtin" || ktap_skip_all "no module '$need' here"
	done
}
