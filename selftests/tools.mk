# SPDX-License-Identifier: GPL-2.0-or-later
# What the programs that tests run on this machine, not in a guest, are built with.
# Copyright (C) 2026 the dumpflt authors
#
# Before it: PROGRAMS, PACKAGES of pkg-config, and DIRS with sources from below the top. After it:
# a rule per program that names its objects.

HERE		:= $(patsubst %/,%,$(dir $(abspath $(firstword $(MAKEFILE_LIST)))))
TOP		:= $(abspath $(HERE)/../..)
BUILD		:= $(HERE)/build

CC		?= cc
PKG_CONFIG	?= pkg-config
CFLAGS		?= -O2 -g
override CFLAGS += -std=gnu11 -pthread -Wall -Wextra -Wshadow -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 \
	-I$(TOP) -I$(TOP)/userspace $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
LIBS		:= $(shell $(PKG_CONFIG) --libs $(PACKAGES))

objects = $(addprefix $(BUILD)/,$(1:%.c=%.o))

all: $(PROGRAMS:%=$(BUILD)/%)

$(PROGRAMS:%=$(BUILD)/%):
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

vpath %.c $(HERE) $(DIRS:%=$(TOP)/%)

$(BUILD)/%.o: %.c $(MAKEFILE_LIST)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

clean:
	rm -rf $(BUILD)

.PHONY: all clean
.DELETE_ON_ERROR:

-include $(wildcard $(BUILD)/*.d $(BUILD)/*/*.d)
