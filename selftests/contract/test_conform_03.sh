#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_conform_03.sh: a filter that fails, or changes what is not its own, is found
# to break that rule, and no other (C7, C11, C48, C52, C54, C60).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/conform.sh
. "$SELFTESTS/lib/conform.sh"

_test_begin 8
_load_watched
_conform_disks 4
_conform_faults <<CASES
init:mode=error at=init
init:max_pages=17
success:mode=positive at=start
success:mode=error at=write call=3
success:mode=error at=finish
extension:mode=ext at=finish
table:mode=ops at=write
unload:mode=error at=unload
CASES
_test_end
