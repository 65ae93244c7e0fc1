/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An extraction under way: what its sources, a stream, an area and an age file,
 * share.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_EXTRACTION_H
#define DUMPFLT_EXTRACTION_H

#include "dumps/extract.h"
#include "dumps/source.h"
#include "flat/flat.h"
#include "lib/outfile.h"
#include "lib/progress.h"

/**
 * struct extraction - where it is
 * @options: what is wanted
 * @from: what it comes from, for messages
 * @to_stdout: the output has no name
 * @raw: the bytes are written as they are, whatever they are
 * @position: bytes of the stream taken so far
 * @end: behind the last byte that the stream had for the dump file
 * @source: a stream
 * @flat: the parser of a flattened stream
 * @file: the output
 * @progress: of a stream
 * @expected: bytes of the stream
 * @phase: what to call it
 */
struct extraction {
	const struct extract_options	*options;
	const char			*from;
	bool				to_stdout;
	bool				raw;
	__u64				position;
	__u64				end;
	struct source			source;
	struct flat_parser		flat;
	struct outfile			file;
	struct progress			progress;
	__u64				expected;
	const char			*phase;
};

/* extract.c */
int extraction_put(struct extraction *x, __u64 offset,
		   const unsigned char *data, size_t len);
int extraction_consume(struct extraction *x, const unsigned char *data,
		       size_t len);
__u64 extraction_size(const struct extraction *x);
int extraction_sync(struct extraction *x);

/* extract_area.c */
int extraction_take(void *ctx, __u64 offset, const void *data, size_t len);
int extraction_check_end(const struct extraction *x, __u64 size);
int extract_from_area(struct extraction *x);

/* extract_age.c */
int extract_from_age(struct extraction *x);

#endif
