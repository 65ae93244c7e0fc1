#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_conform_01.sh: our own filters that need no area keep all rules for filters
# (C4, C17, C32, C44, C45, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/conform.sh
. "$SELFTESTS/lib/conform.sh"

# conforms <rules that do not apply> <filter> [<option>]
conforms() {
	not_judged=$1
	shift
	_conform_breaks '' "$@" && _is "not judged" "$(_conform_list skip)" "$not_judged"
}

_have keyctl
_test_begin 4
_load_watched
_conform_disks 40
head -c 64 /dev/urandom | keyctl padd logon "dumpflt:t$$" @u >/dev/null
ktap_test_result "trace keeps the rules" conforms '' trace
ktap_test_result "template keeps the rules" conforms '' template key=7
ktap_test_result "crypt keeps the rules" conforms '' crypt "key=dumpflt:t$$"
ktap_test_result "fault without a fault keeps the rules" conforms concurrent fault max_pages=3
keyctl purge logon "dumpflt:t$$" >/dev/null
_test_end
