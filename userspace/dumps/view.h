/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump that is read in place: verified once, then any bytes of it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_VIEW_H
#define DUMPFLT_VIEW_H

#include "age/slot.h"
#include "dumps/extract.h"
#include "dumps/open.h"
#include "flat/flat.h"
#include "flat/index.h"
#include "lib/progress.h"
#include "reader/reader.h"

/**
 * struct view_options - what is to be seen
 * @path: a dump area, an age file, or what holds a plain dump
 * @slot: of an area, or AREA_NO_SLOT: the newest that is COMPLETE and not collected
 * @identity: what opens it
 * @raw: the dump's bytes, which are makedumpfile's stream, not the file that it is about
 */
struct view_options {
	const char		*path;
	__u64			slot;
	struct identity_files	identity;
	bool			raw;
};

/**
 * struct view - a dump that was verified
 * @options: what was wanted
 * @found: what it lies in, open
 * @ids: wiped once it is open
 * @area: EXTRACT_AREA: it
 * @slot: likewise
 * @sealed: likewise; what opens it
 * @file: EXTRACT_AGE: likewise
 * @source: what readers read
 * @flat: the stream, as far as it was verified
 * @index: of the file in it
 * @progress: of that
 * @size: bytes that are seen
 * @trust: what vouches for it, in words
 * @doubt: those say that nothing does
 */
struct view {
	const struct view_options	*options;
	struct extract_options		found;
	struct age_identities		ids;
	struct open_area		area;
	struct area_slot		slot;
	struct age_slot			sealed;
	struct age_file			file;
	struct dump_source		source;
	struct flat_parser		flat;
	struct flat_index		index;
	struct progress			progress;
	__u64				size;
	const char			*trust;
	bool				doubt;
};

int view_open(struct view *view, const struct view_options *options);
int view_read(const struct view *view, struct dump_reader *reader, void *to, size_t len,
	      __u64 offset);
void view_close(struct view *view);

#endif
