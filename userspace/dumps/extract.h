/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump from a device back into a file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_EXTRACT_H
#define DUMPFLT_EXTRACT_H

#include <linux/types.h>
#include <stdbool.h>

#include "age/identity.h"

/**
 * struct extract_options - what to read and what to write
 * @stack: read through the filters of this live stack, or
 * @device: read this device or file as it is
 * @area: @device holds a dump area, or
 * @age: it is an age file
 * @identities: what opens a sealed dump, or NULL
 * @slot: of the area, AREA_NO_SLOT for the newest dump that is COMPLETE, or
 *	to salvage for the newest
 * @salvage: as much as is proved, if there is no more
 * @raw: write the dump's bytes, whatever they are
 * @out: name of the new file, or "-" for standard output
 * @flattened: write the stream as it is, not the dump file it describes
 * @force: replace @out if it exists
 */
struct extract_options {
	const char	*stack;
	const char	*device;
	bool		area;
	bool		age;
	const struct age_identities *identities;
	__u64		slot;
	bool		salvage;
	bool		raw;
	const char	*out;
	bool		flattened;
	bool		force;
};

/* extract.c */
int extract_run(const struct extract_options *options, __u64 *bytes);

/* extract_area.c */
bool extract_finds_area(const char *device);

/* extract_age.c */
bool extract_finds_age(const char *path);

#endif
