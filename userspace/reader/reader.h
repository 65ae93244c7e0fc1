/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump wherever it lies: any bytes of it, in any order.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_READER_H
#define DUMPFLT_READER_H

#include <linux/types.h>
#include <stddef.h>

#include "age/file.h"
#include "area/reader.h"

/* Chunks that a reader keeps: programs read a page here and its neighbour there */
#define DUMP_READER_KEEPS	32U

/* What a dump lies in */
enum dump_kind {
	DUMP_IN_SLOT,
	DUMP_IN_AGE_FILE,
	DUMP_PLAIN,
};

/**
 * struct dump_source - a dump, which any number of readers may share
 * @kind: which of those behind it count
 * @area: DUMP_IN_SLOT: loaded
 * @slot: likewise; with a receipt that says COMPLETE, and is believed
 * @opener: likewise; opens its chunks, or NULL
 * @file: DUMP_IN_AGE_FILE: open
 * @io: DUMP_PLAIN: of the device or file
 * @size: bytes of the dump
 */
struct dump_source {
	enum dump_kind			kind;
	const struct area		*area;
	const struct area_slot		*slot;
	const struct area_opener	*opener;
	const struct age_file		*file;
	const struct area_io		*io;
	__u64				size;
};

/**
 * struct dump_reader - of one thread
 * @source: what it reads
 * @slot: DUMP_IN_SLOT: of its chunks
 * @file: DUMP_IN_AGE_FILE: likewise
 * @kept: DUMP_READER_KEEPS chunks
 * @which: by place in @kept: which chunk, plus 1; 0: none
 * @wrong: with -EBADMSG, in words that fit behind a colon
 */
struct dump_reader {
	const struct dump_source	*source;
	struct area_reader		slot;
	struct age_reader		file;
	unsigned char			*kept;
	__u64				which[DUMP_READER_KEEPS];
	const char			*wrong;
};

int dump_reader_open(struct dump_reader *reader, const struct dump_source *source);
int dump_reader_read(struct dump_reader *reader, void *to, size_t len, __u64 offset);
void dump_reader_close(struct dump_reader *reader);

#endif
