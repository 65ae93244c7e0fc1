#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# test_conform_02.sh: a filter that breaks a rule about data or environment is found
# to break that one, and no other (C30, C32, C42, C44, C45).
#
# Copyright (C) 2026 the dumpflt authors

# shellcheck source=../lib/test.sh
. "$(dirname "$0")/../lib/test.sh"
# shellcheck source=../lib/check.sh
. "$SELFTESTS/lib/check.sh"
# shellcheck source=../lib/conform.sh
. "$SELFTESTS/lib/conform.sh"
# What a kernel with DEBUG_ATOMIC_SLEEP says of the fault 'sleep'
export DMESG_EXPECT='scheduling in a non-blocking section|Call Trace'

_test_begin 10
_load_watched
_conform_disks 4
_conform_faults <<CASES
length:mode=length at=write
offset:mode=offset at=write
buffer:mode=foreign at=write
buffer:mode=misaligned at=write
descriptor:mode=nrsegs at=write
source:mode=scribble at=write
allocate:mode=alloc at=write
length:mode=length at=read
descriptor:mode=descriptor at=read
sleep:mode=sleep at=read
CASES
_test_end
