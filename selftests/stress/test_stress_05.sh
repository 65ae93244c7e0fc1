#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_stress_05.sh: 10 minutes of random bytes into every attribute, and every
# operation in every order, by several at once (C49, C53, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/stress.sh
. "$SELFTESTS/lib/stress.sh"

fuzz() {
	"$HELPERS/fuzzattr" "${STRESS_SEED:-1}" "$seconds" "$disk" "$other" "$small" >"$TEST_TMP/counts"
}

# Otherwise nothing was tried but refusals
all_succeeded() {
	! grep ': 0 good' "$TEST_TMP/counts"
}

clean_up() {
	for left in "$DUMPFLT_CONFIG"/*/; do
		[ ! -d "$left" ] || _remove_stack "$(basename "$left")" || return 1
	done
	_no_trace
}

seconds=$(_cmdline dumpflt-guest.fuzz)
_test_begin 4
_load
disk=$(_null_blk size=16)
other=$(_null_blk size=20 blocksize=4096)
small=$(_null_blk size=1)
_area_format "$other" --slots 2 --overwrite >/dev/null
ktap_test_result "$seconds s of every operation in any order" fuzz
ktap_test_result "each operation succeeded, too" all_succeeded
sed 's/^/# /' "$TEST_TMP/counts"
ktap_test_result "all that is left can be removed" clean_up
ktap_test_result "then a dump goes through as ever" _still_dumps "$disk"
_test_end
