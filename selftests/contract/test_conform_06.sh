#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_conform_06.sh: our own filters that need an area keep all rules for filters
# (C4, C17, C32, C44, C45, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/age.sh
. "$SELFTESTS/lib/age.sh"
# shellcheck source=../lib/conform.sh
. "$SELFTESTS/lib/conform.sh"

# They do not read: what they see behind another filter is not known
conforms() {
	CONFORM_AREA=yes _conform_breaks '' "$@" && _is "not judged" "$(_conform_list skip)" behind
}

# No other filter needs a key to undo it
sealed() {
	CONFORM_EXTRACT="--identity $TEST_TMP/alice.key" conforms "$@"
}

_test_begin 3
_load_watched
_conform_disks 40
recipient=$(_age_key alice)
ktap_test_result "digest keeps the rules" conforms digest
ktap_test_result "tally keeps the rules" conforms tally
ktap_test_result "age keeps the rules" sealed age "recipient=$recipient"
_test_end
