// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump wherever it lies: any bytes of it, in any order.
 *
 * Each chunk is checked as it is read, by its tag if a key opens it, else by what its record
 * has. Nothing here prints.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reader/reader.h"

#define CHUNK	DUMPFLT_CHUNK_SIZE

/**
 * dump_reader_open() - get ready to read
 * @reader: filled; to be closed whatever is returned
 * @source: of the dump, which stays as it is
 *
 * Return: 0 or -ENOMEM
 */
int dump_reader_open(struct dump_reader *reader, const struct dump_source *source)
{
	int ret = 0;

	memset(reader, 0, sizeof(*reader));
	reader->source = source;
	if (source->kind == DUMP_PLAIN)
		return 0;
	if (source->kind == DUMP_IN_AGE_FILE) {
		ret = age_reader_begin(&reader->file, source->file);
	} else {
		ret = area_reader_open(&reader->slot, source->area, source->slot, source->opener);
		reader->slot.total = le64_to_cpu(source->slot->receipt->chunks);
		reader->slot.last_known = true;
	}
	reader->kept = malloc((size_t)DUMP_READER_KEEPS * CHUNK);
	return ret || reader->kept ? ret : -ENOMEM;
}

static int read_from_slot(struct dump_reader *reader, __u64 number, unsigned char *to)
{
	const unsigned char *record;

	reader->wrong = area_reader_read(&reader->slot, number, &record);
	if (reader->wrong)
		return -EBADMSG;
	memcpy(to, reader->slot.data, CHUNK);
	return 0;
}

static int read_from_file(struct dump_reader *reader, __u64 number, unsigned char *to)
{
	int ret;

	if (number >= reader->source->file->nr_chunks) {
		reader->wrong = "it ends before that";
		return -EBADMSG;
	}
	ret = age_reader_chunk(&reader->file, number);
	reader->wrong = reader->file.wrong;
	if (!ret)
		memcpy(to, reader->file.opened, reader->file.len);
	return ret;
}

/* A chunk that was checked; or NULL, and @err is set */
static const unsigned char *get_chunk(struct dump_reader *reader, __u64 number, int *err)
{
	size_t place = number % DUMP_READER_KEEPS;
	unsigned char *to = reader->kept + place * CHUNK;

	if (reader->which[place] == number + 1)
		return to;
	reader->which[place] = 0;
	*err = reader->source->kind == DUMP_IN_SLOT ? read_from_slot(reader, number, to) :
						      read_from_file(reader, number, to);
	if (*err)
		return NULL;
	reader->which[place] = number + 1;
	return to;
}

/**
 * dump_reader_read() - read bytes of the dump
 * @reader: open, of this thread
 * @to: where to
 * @len: how many
 * @offset: of the first one; all of them are in the dump
 *
 * Return: 0; -EBADMSG, and @reader->wrong says what is wrong with the dump; -ENODATA beyond
 * its end; or why it cannot be read
 */
int dump_reader_read(struct dump_reader *reader, void *to, size_t len, __u64 offset)
{
	const struct dump_source *source = reader->source;
	unsigned char *out = to;
	int ret = 0;

	reader->wrong = NULL;
	if (offset > source->size || len > source->size - offset)
		return -ENODATA;
	if (source->kind == DUMP_PLAIN)
		return len ? source->io->read(source->io->ctx, to, len, offset) : 0;
	while (len) {
		size_t skip = offset % CHUNK, n = CHUNK - skip;
		const unsigned char *chunk = get_chunk(reader, offset / CHUNK, &ret);

		if (!chunk)
			return ret;
		if (n > len)
			n = len;
		memcpy(out, chunk + skip, n);
		out += n;
		offset += n;
		len -= n;
	}
	return 0;
}

/* Of what it has read nothing stays in the memory */
void dump_reader_close(struct dump_reader *reader)
{
	if (reader->kept)
		explicit_bzero(reader->kept, (size_t)DUMP_READER_KEEPS * CHUNK);
	free(reader->kept);
	reader->kept = NULL;
	if (reader->source->kind == DUMP_IN_AGE_FILE)
		age_reader_end(&reader->file);
	else if (reader->source->kind == DUMP_IN_SLOT)
		area_reader_close(&reader->slot);
}
