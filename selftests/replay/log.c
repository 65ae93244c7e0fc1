// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Read a write log, and say what a power cut at some point of it leaves open.
 *
 * After a cut behind request number n - 1, what came before the last flush of
 * the requests 0 .. n - 1 is on the disk, and so is what was written with FUA.
 * Everything else may be there, or not, or in part. A write that is in flight
 * while a flush is sent is before it in the log although that flush need not
 * cover it: a log of QEMU cannot tell, one of dm-log-writes has it behind. That
 * no such write exists is tested elsewhere (test_flush_*.sh).
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdlib.h>

#include "../helpers/writelog.h"
#include "log.h"

#define PIECE		65536
/* Beyond this it is no log of a disk that can be replayed */
#define MAX_SECTORS	0x100000000ULL

static int complain(const char *path, const char *what)
{
	fprintf(stderr, "ERROR: %s failed on '%s': %s\n", what, path,
		errno ? strerror(errno) : "not a whole write log");
	return -1;
}

/* Room for this many requests more, and one */
static bool make_room(struct log *log, size_t nr)
{
	size_t size = log->nr + nr + 1;
	struct request *requests;

	/* grows in steps that make themselves rarer */
	if (log->size >= size)
		return true;
	size += size / 2;
	requests = realloc(log->requests, size * sizeof(*requests));
	if (!requests)
		return false;
	log->requests = requests;
	log->size = size;
	return true;
}

static void add_flush(struct log *log)
{
	log->requests[log->nr++] = (struct request){ 0 };
	log->nr_flushes++;
}

/* In pieces, for a cut may well come in the middle of a long one */
static void add_write(struct log *log, __u64 offset, __u64 len, const __u8 *data, bool fua)
{
	__u64 n;

	for (; len; len -= n, offset += n, data += n) {
		n = len < PIECE ? len : PIECE;
		log->requests[log->nr++] = (struct request){ offset, n, data, fua };
	}
	if (offset > log->end)
		log->end = offset;
}

/* Its text is behind the entry, in the same block */
static const char *add_mark(struct log *log, const struct writelog *file,
			    const struct log_entry *entry, const __u8 *data)
{
	const __u8 *text = data - file->block_size + sizeof(*entry);

	if (entry->data_len != strlen(LOG_SAVED) || memcmp(text, LOG_SAVED, strlen(LOG_SAVED)))
		return NULL;
	if (log->nr_saved == LOG_MAX_SAVED)
		return "counting the dumps";
	log->saved[log->nr_saved++] = log->nr;
	return NULL;
}

/* An entry of the file may be both, a flush and the write after it */
static const char *add_entry(struct log *log, const struct writelog *file,
			     const struct log_entry *entry, const __u8 *data)
{
	__u64 block = file->block_size, len = entry->nr_sectors * block;

	if (!make_room(log, len / PIECE + 1))
		return "allocation";
	if (entry->flags & LOG_FLUSH)
		add_flush(log);
	if (entry->flags & LOG_DISCARD)
		return "replaying a discard";
	if (entry->flags & LOG_MARK)
		return add_mark(log, file, entry, data);
	if (!writelog_has_data(entry))
		return NULL;
	add_write(log, entry->sector * block, len, data, entry->flags & LOG_FUA);
	return NULL;
}

static const char *read_requests(struct log *log, FILE *file, __u64 size)
{
	struct writelog input = { 0 };
	struct log_entry entry;
	const char *wrong;
	__u64 data;

	wrong = writelog_open(&input, file);
	if (wrong)
		return wrong;
	while (!wrong && input.next < input.nr_entries) {
		wrong = writelog_next(&input, &entry, &data);
		if (!wrong && (input.pos > size || entry.sector > MAX_SECTORS ||
			       entry.nr_sectors > MAX_SECTORS))
			wrong = "reading an entry";
		if (!wrong)
			wrong = add_entry(log, &input, &entry, log->bytes + data);
	}
	return wrong;
}

int log_read(struct log *log, const char *path)
{
	FILE *file = fopen(path, "rb");
	const char *wrong = "open";
	long size = 0;

	memset(log, 0, sizeof(*log));
	if (file && !fseek(file, 0, SEEK_END))
		size = ftell(file);
	if (size > 0) {
		rewind(file);
		log->bytes = malloc((size_t)size);
		wrong = "read";
		if (log->bytes && fread(log->bytes, (size_t)size, 1, file) == 1) {
			rewind(file);
			wrong = read_requests(log, file, (__u64)size);
		}
	}
	if (file)
		fclose(file);
	if (!wrong && log->nr > log->nr_flushes)
		return 0;
	log_free(log);
	return complain(path, wrong ? wrong : "looking for a write");
}

void log_free(struct log *log)
{
	free(log->requests);
	free(log->bytes);
}

size_t log_durable(const struct log *log, size_t cut)
{
	while (cut && !log_is_flush(&log->requests[cut - 1]))
		cut--;
	return cut;
}

bool log_is_open(const struct request *request)
{
	return request->len && !request->fua;
}

bool log_is_flush(const struct request *request)
{
	return !request->len;
}
