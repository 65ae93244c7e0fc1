#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_conform_04.sh: a filter that writes where it may not, unseen by the core, is
# found to break that rule, and no other (C32, C38).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/area.sh
. "$SELFTESTS/lib/area.sh"
# shellcheck source=../lib/conform.sh
. "$SELFTESTS/lib/conform.sh"

in_an_area() {
	CONFORM_AREA=yes _conform_breaks "$@"
}

_test_begin 6
_load_watched
_conform_disks 40
ktap_test_result "without a fault, nothing is broken" _conform_breaks '' rogue breaks=none
ktap_test_result "behind the data in its bounce buffer: 'beyond'" _conform_breaks beyond rogue breaks=buffer
ktap_test_result "behind the writer's data: 'beyond'" _conform_breaks beyond rogue breaks=source
ktap_test_result "behind the reader's data: 'beyond'" _conform_breaks beyond rogue breaks=reader
ktap_test_result "memory that is not freed: 'leak'" _conform_breaks leak rogue breaks=leak
# Last, for the disk keeps its area
ktap_test_result "behind its metadata: 'beyond'" in_an_area beyond rogue breaks=metadata
_test_end
