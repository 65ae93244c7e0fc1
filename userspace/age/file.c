// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An age file, opened: any chunk of it, in any order.
 *
 *	header | nonce | chunk 0 | tag 0 | chunk 1 | tag 1 | ... | last, its tag
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "age/crypto.h"
#include "age/file.h"

static const char no_memory[] = "there is not enough memory";
static const char unreadable[] = "its beginning cannot be read";

/**
 * age_file_begins() - does it look like an age file?
 * @io: it
 */
bool age_file_begins(const struct area_io *io)
{
	unsigned char begin[32];
	size_t len = io->size < sizeof(begin) ? (size_t)io->size : sizeof(begin);

	return !io->read(io->ctx, begin, len, 0) && age_header_begins(begin, len);
}

/* As armor, which is not opened here */
bool age_file_is_text(const struct area_io *io)
{
	char first;

	return age_file_begins(io) && !io->read(io->ctx, &first, 1, 0) && first == '-';
}

/* Whatever is behind the header: only the chunks themselves tell whether they are good */
static void measure(struct age_file *file)
{
	__u64 payload = file->io->size - file->begin;

	file->nr_chunks = payload ? (payload - 1) / AGE_FILE_SEALED + 1 : 1;
	file->last = (size_t)(payload - (file->nr_chunks - 1) * AGE_FILE_SEALED);
}

static const char *read_header(struct age_file *file, unsigned char *head, size_t len,
			       const struct age_identities *ids)
{
	const char *wrong;
	size_t used;

	if (file->io->read(file->io->ctx, head, len, 0))
		return unreadable;
	wrong = age_header_open(head, len, ids, &file->keys, &used);
	if (wrong)
		return wrong;
	file->begin = used;
	memcpy(file->nonce, head + used - sizeof(file->nonce), sizeof(file->nonce));
	measure(file);
	return NULL;
}

/**
 * age_file_open() - read the header, and get the keys
 * @file: filled; to be wiped whatever is returned
 * @io: of the file, which stays as it is
 * @ids: what may open it
 *
 * Return: NULL, or what is wrong, in words that fit behind a colon; of age_header_open(),
 * whose words can be asked about as there
 */
const char *age_file_open(struct age_file *file, const struct area_io *io,
			  const struct age_identities *ids)
{
	size_t len = io->size < AGE_HEADER_MAX ? (size_t)io->size : AGE_HEADER_MAX;
	unsigned char *head = malloc(AGE_HEADER_MAX);
	const char *wrong;

	memset(file, 0, sizeof(*file));
	file->io = io;
	wrong = head ? read_header(file, head, len, ids) : no_memory;
	free(head);
	return wrong;
}

/**
 * age_file_fault() - what it was that is not right
 * @wrong: what age_file_open() returned
 */
enum age_fault age_file_fault(const char *wrong)
{
	return wrong == no_memory || wrong == unreadable ? AGE_FAULT_OTHER :
							   age_header_fault(wrong);
}

void age_file_wipe(struct age_file *file)
{
	OPENSSL_cleanse(&file->keys, sizeof(file->keys));
}

/**
 * age_reader_begin() - get ready to read chunks
 * @reader: filled; to be ended whatever is returned
 * @file: open, and stays so
 *
 * Return: 0 or -ENOMEM
 */
int age_reader_begin(struct age_reader *reader, const struct age_file *file)
{
	memset(reader, 0, sizeof(*reader));
	reader->file = file;
	reader->sealed = malloc(AGE_FILE_SEALED);
	reader->opened = malloc(DUMPFLT_CHUNK_SIZE);
	return reader->sealed && reader->opened ? 0 : -ENOMEM;
}

static bool unseal(struct age_reader *reader, __u64 number, bool last)
{
	return age_unseal_chunk(reader->file->keys.payload, number, last, reader->sealed,
				reader->len, reader->sealed + reader->len, reader->opened);
}

/**
 * age_reader_chunk() - read a chunk, and open it
 * @reader: of this thread
 * @number: of the chunk, from 0
 *
 * Return: 0; -EBADMSG, and @reader->wrong says what is wrong with the file; or why it
 * cannot be read, -ENODATA if it has become shorter
 */
int age_reader_chunk(struct age_reader *reader, __u64 number)
{
	const struct age_file *file = reader->file;
	bool last = number + 1 == file->nr_chunks;
	size_t size = last ? file->last : AGE_FILE_SEALED;
	int ret;

	reader->len = 0;
	reader->wrong = NULL;
	if (size < DUMPFLT_AGE_TAG)
		reader->wrong = "it is cut: its last chunk is missing";
	else if (size == DUMPFLT_AGE_TAG && number)
		reader->wrong = "its last chunk is empty";
	if (reader->wrong)
		return -EBADMSG;
	reader->len = size - DUMPFLT_AGE_TAG;
	ret = file->io->read(file->io->ctx, reader->sealed, size,
			     file->begin + number * AGE_FILE_SEALED);
	if (ret)
		return ret;
	if (unseal(reader, number, last))
		return 0;
	reader->wrong = last ? "it is cut or damaged: its last chunk does not open as such" :
			       "it is damaged: a chunk does not open";
	return -EBADMSG;
}

/**
 * age_reader_retry() - was the last chunk that there is once followed by others?
 * @reader: age_reader_chunk() has just failed with -EBADMSG
 * @number: of that chunk
 *
 * Return: true if so: it is in @reader->opened
 */
bool age_reader_retry(struct age_reader *reader, __u64 number)
{
	return reader->len == DUMPFLT_CHUNK_SIZE && unseal(reader, number, false);
}

void age_reader_end(struct age_reader *reader)
{
	if (reader->opened)
		OPENSSL_cleanse(reader->opened, DUMPFLT_CHUNK_SIZE);
	free(reader->sealed);
	free(reader->opened);
}
