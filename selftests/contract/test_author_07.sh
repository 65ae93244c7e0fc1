#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_07.sh: a filter that leaves its task as one that is about to wait does not put a
# worker of the core to sleep that nobody wakes: it is named, and the stack and its target can be
# taken down (C45, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/left.sh
. "$SELFTESTS/lib/left.sh"

words='came back about to wait'

_test_begin 5
_load
disk=$(_null_blk size=1)
ktap_test_result "init" _alone s0 _left_by_init state "$words"
ktap_test_result "start" _alone s0 _left_by start state "$words"
ktap_test_result "write" _alone s0 _left_by write state "$words"
ktap_test_result "finish" _alone s0 _left_by finish state "$words"
ktap_test_result "unload" _alone s0 _left_by_unload state "$words"
_test_end
