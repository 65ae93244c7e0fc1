#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_author_06.sh: a filter that forgets rcu_read_unlock() does not stop the kernel's grace
# periods: it is named, and the stack and its target can be taken down (C45, C62).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/left.sh
. "$SELFTESTS/lib/left.sh"

words='came back inside of rcu_read_lock\(\), or has left the core'

# Elsewhere it is the preempt count that shows it, or nobody counts
grep -q ' T __rcu_read_lock$' /proc/kallsyms || ktap_skip_all "no preemptible RCU"
_test_begin 6
_load
disk=$(_null_blk size=1)
ktap_test_result "init" _alone s0 _left_by_init rcu "$words"
ktap_test_result "start" _alone s0 _left_by start rcu "$words"
ktap_test_result "write" _alone s0 _left_by write rcu "$words"
ktap_test_result "one rcu_read_unlock() too many" _alone s0 _left_by write unrcu "$words"
ktap_test_result "finish" _alone s0 _left_by finish rcu "$words"
ktap_test_result "unload" _alone s0 _left_by_unload rcu "$words"
_test_end
