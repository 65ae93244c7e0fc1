/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of the commands that are about slots: --slot, --all, --force,
 * --identity, --origin and --json.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SLOT_OPTIONS_H
#define DUMPFLT_SLOT_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>

#include "dumps/identity.h"

/**
 * struct slot_options - what was given
 * @path: of the device or image
 * @slot: AREA_NO_SLOT if none was given
 * @all: all slots
 * @force: whatever is in them
 * @json: for machines
 * @identity: files of secret keys
 */
struct slot_options {
	const char	*path;
	__u64		slot;
	bool		all;
	bool		force;
	bool		json;
	struct identity_files identity;
};

/* Options that not every command knows */
#define SLOT_MAY_FORCE		0x1
#define SLOT_MAY_IDENTITY	0x2
#define SLOT_MAY_PROGRESS	0x4

int slot_options_parse(struct slot_options *options, int argc, char **argv,
		       const char *help, unsigned int may);

#endif
