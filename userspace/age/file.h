/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An age file, opened: any chunk of it, in any order.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AGE_FILE_H
#define DUMPFLT_AGE_FILE_H

#include <linux/types.h>
#include <stdbool.h>

#include "age/header.h"
#include "area/area.h"

/* A chunk on the disk, but for the last one, which may be shorter */
#define AGE_FILE_SEALED	(DUMPFLT_CHUNK_SIZE + DUMPFLT_AGE_TAG)

/**
 * struct age_file - a file, and what opens it; nothing in it changes while it is read
 * @io: of it
 * @keys: of it
 * @nonce: of the payload
 * @begin: of its first chunk, bytes from the start of the file
 * @nr_chunks: that it has, at least one
 * @last: sealed bytes of the last one, which may be too few
 */
struct age_file {
	const struct area_io	*io;
	struct age_keys		keys;
	unsigned char		nonce[DUMPFLT_AGE_NONCE];
	__u64			begin;
	__u64			nr_chunks;
	size_t			last;
};

/**
 * struct age_reader - of one thread, of a file that others may read as well
 * @file: open
 * @sealed: the chunk that was read last, as it is on the disk, with its tag
 * @opened: what is in it
 * @len: bytes of @opened
 * @wrong: with -EBADMSG, in words that fit behind a colon
 */
struct age_reader {
	const struct age_file	*file;
	unsigned char		*sealed;
	unsigned char		*opened;
	size_t			len;
	const char		*wrong;
};

bool age_file_begins(const struct area_io *io);
bool age_file_is_text(const struct area_io *io);
enum age_fault age_file_fault(const char *wrong);
const char *age_file_open(struct age_file *file, const struct area_io *io,
			  const struct age_identities *ids);
void age_file_wipe(struct age_file *file);

int age_reader_begin(struct age_reader *reader, const struct age_file *file);
int age_reader_chunk(struct age_reader *reader, __u64 number);
bool age_reader_retry(struct age_reader *reader, __u64 number);
void age_reader_end(struct age_reader *reader);

#endif
