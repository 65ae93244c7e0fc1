#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_conform_05.sh: a filter that does not undo what it did, or not always, is
# found to break that rule, and no other (C4, C21, C23, C34, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/conform.sh
. "$SELFTESTS/lib/conform.sh"
# What breaks=log says; the filter is not expected to
export DMESG_EXPECT='dumpflt_rogue: BUG: only a test'

complains() {
	DMESG_EXPECT=''
	_conform_breaks "$@"
}

_test_begin 6
_load_watched
_conform_disks 4
ktap_test_result "a read that is not the inverse: 'same'" _conform_breaks same rogue breaks=unequal
ktap_test_result "data of another filter is not looked at: 'behind'" _conform_breaks behind rogue breaks=behind
ktap_test_result "no second dump: 'sessions'" _conform_breaks sessions rogue breaks=second
ktap_test_result "state that stacks share: 'stacks'" _conform_breaks stacks rogue breaks=shared
ktap_test_result "state that lanes share: 'concurrent'" _conform_breaks concurrent rogue breaks=race
ktap_test_result "a complaint of the kernel: 'log'" complains log rogue breaks=log
_test_end
