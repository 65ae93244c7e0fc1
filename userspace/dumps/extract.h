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
#include "area/area.h"
#include "dumps/area_json.h"
#include "dumps/holes.h"
#include "dumps/identity.h"

/* What a dump is read from */
enum extract_kind {
	EXTRACT_DEVICE,		/* a flattened stream on a device or in a file */
	EXTRACT_STACK,		/* the same through the filters of a stack */
	EXTRACT_AREA,		/* a dump area */
	EXTRACT_AGE,		/* an age file */
};

/**
 * struct extract_options - what to read and what to write
 * @stack: read through the filters of this live stack, or
 * @device: read this device or file as it is
 * @io: @device, from extract_open() to extract_close()
 * @kind: set by extract_open()
 * @part: likewise: it is a part of a dump, as its name says, or what is beside it
 * @identities: what opens a sealed dump, or NULL
 * @identity: the files that they are in
 * @slot: of the area, AREA_NO_SLOT for the newest dump that is COMPLETE, or
 *	to salvage for the newest
 * @salvage: as much as is verified, if there is no more
 * @over_holes: to salvage, also what is good behind what is not
 * @any_filters: to salvage, even if the filters of the dump are in doubt
 * @raw: write the dump's bytes, whatever they are
 * @as_stored: even what a filter has changed, as it lies on the disk
 * @dmesg: write the kernel log that was kept before the dump, and no more
 * @out: name of the new file, or "-" for standard output
 * @flattened: write the stream as it is, not the dump file it describes
 * @sparse: even if most of it is holes
 * @force: replace @out if it exists
 */
struct extract_options {
	const char	*stack;
	const char	*device;
	struct area_io	io;
	enum extract_kind kind;
	bool part;
	const struct age_identities *identities;
	struct identity_files identity;
	__u64		slot;
	bool		salvage;
	bool		over_holes;
	bool		any_filters;
	bool		raw;
	bool		as_stored;
	bool		dmesg;
	const char	*out;
	bool		flattened;
	bool		sparse;
	bool		force;
};

/**
 * struct extract_result - what has come of it
 * @bytes: size of the file that was made
 * @whole: the dump was whole, and all of it is there
 * @holes: in the dump, where it was salvaged over them
 * @dump: which one of an area it was
 */
struct extract_result {
	__u64		bytes;
	bool		whole;
	struct holes	holes;
	struct dump_id	dump;
};

int extract_open(struct extract_options *options);
void extract_close(struct extract_options *options);
int extract_run(const struct extract_options *options, struct extract_result *result);

#endif
