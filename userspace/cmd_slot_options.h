/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of the commands that are about slots: --slot, --all, --force and
 * --json.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SLOT_OPTIONS_H
#define DUMPFLT_SLOT_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct slot_options - what was given
 * @path: of the device or image
 * @slot: AREA_NO_SLOT if none was given
 * @all: all slots
 * @force: whatever is in them
 * @json: for machines
 */
struct slot_options {
	const char	*path;
	__u64		slot;
	bool		all;
	bool		force;
	bool		json;
};

int slot_options_parse(struct slot_options *options, int argc, char **argv,
		       const char *help, bool may_force);

#endif
