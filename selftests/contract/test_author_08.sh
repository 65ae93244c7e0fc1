#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_08.sh: a filter that forgets migrate_enable() does not bind a worker of the core to
# a CPU: it is named, and the stack and its target can be taken down (C45, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/left.sh
. "$SELFTESTS/lib/left.sh"

words='came back bound to its CPU by migrate_disable\(\)'

# With one CPU there is nowhere to migrate to
case $(uname -v) in
*SMP*) ;;
*) ktap_skip_all "a kernel for one CPU" ;;
esac
_test_begin 5
_load
disk=$(_null_blk size=1)
ktap_test_result "init" _alone s0 _left_by_init migrate "$words"
ktap_test_result "start" _alone s0 _left_by start migrate "$words"
ktap_test_result "write" _alone s0 _left_by write migrate "$words"
ktap_test_result "finish" _alone s0 _left_by finish migrate "$words"
ktap_test_result "unload" _alone s0 _left_by_unload migrate "$words"
_test_end
