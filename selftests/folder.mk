# SPDX-License-Identifier: GPL-2.0-or-later
# What the Makefile of each folder of tests has in common.
# Copyright (C) 2026 the dumpflt authors
#
# With all of this as tools/testing/selftests/dumpflt of a kernel tree, each folder is a target
# of kselftest, and so is the one above, which has what they share:
#	make -C tools/testing/selftests TARGETS="dumpflt dumpflt/contract dumpflt/area ..." install

TEST_PROGS := $(sort $(wildcard test_*.sh))

ifneq ($(wildcard ../../lib.mk),)
# The link to the time limits
TEST_FILES := settings
include ../../lib.mk
else

all:
	$(MAKE) --no-print-directory -C .. all

check: all ## the tests of this folder, in a guest
	../run $(notdir $(CURDIR))

clean:

.PHONY: all check clean
endif
