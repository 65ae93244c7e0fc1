#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_crypt_04.sh: a key that is not in the keyrings is not there: the kernel runs no
# program that might make it, and nobody waits for one (D7).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
_have keyctl

ASK=/sbin/request-key

not_asked() {
	_set_fails ENOKEY 1 "$DUMPFLT_CONFIG/s0/live" && _last_error_has s0 "no key 'dumpflt:none$$'" &&
		[ ! -e "$TEST_TMP/asked" ]
}

# The same program is run for who wants that
asked() {
	! keyctl request2 user "dumpflt:other$$" words @u 2>/dev/null && [ -e "$TEST_TMP/asked" ]
}

_test_begin 2
_load
[ ! -e "$ASK" ] || mv "$ASK" "$TEST_TMP/ask"
printf '#!/bin/sh\necho "$@" >>%s\nexit 1\n' "$TEST_TMP/asked" >"$ASK"
chmod +x "$ASK"
_stack_create s0 "$(_null_blk size=1)"
_filter_add s0 10-crypt "key=dumpflt:none$$"
ktap_test_result "a stack whose key is not there: nobody is asked" not_asked
ktap_test_result "who asks for that is heard" asked
rm "$ASK"
[ ! -e "$TEST_TMP/ask" ] || mv "$TEST_TMP/ask" "$ASK"
_test_end
