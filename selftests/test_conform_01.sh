#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_conform_01.sh: our own filters keep all rules for filters (C4, C17, C32,
# C44, C45, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=lib/test.sh
. "$(dirname "$0")/lib/test.sh"
# shellcheck source=lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=lib/age.sh
. "$SELFTESTS/lib/age.sh"
# shellcheck source=lib/conform.sh
. "$SELFTESTS/lib/conform.sh"

# conforms <rules that do not apply> <filter> [<option>]
conforms() {
	not_judged=$1
	shift
	_conform_breaks '' "$@" && _is "not judged" "$(_conform_list skip)" "$not_judged"
}

in_an_area() {
	CONFORM_AREA=yes conforms "$@"
}

# No other filter needs a key to undo it
sealed() {
	CONFORM_EXTRACT="--identity $TEST_TMP/alice.key" in_an_area "$@"
}

_have keyctl
_test_begin 6
_load alloc_watch=1
_conform_disks 40
head -c 64 /dev/urandom | keyctl padd logon "dumpflt:t$$" @u >/dev/null
recipient=$(_age_key alice)
ktap_test_result "trace keeps the rules" conforms '' trace
ktap_test_result "template keeps the rules" conforms '' template key=7
ktap_test_result "crypt keeps the rules" conforms '' crypt "key=dumpflt:t$$"
ktap_test_result "fault without a fault keeps the rules" conforms concurrent fault max_pages=3
ktap_test_result "digest keeps the rules, in an area" in_an_area behind digest
ktap_test_result "age keeps the rules, in an area" sealed behind age "recipient=$recipient"
keyctl purge logon "dumpflt:t$$" >/dev/null
_test_end
