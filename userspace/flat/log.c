// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel log in a flattened stream, before the dump: pure, no I/O, no
 * allocation.
 *
 * It is the first record of the stream, and one that belongs to no dump file:
 *
 *	| header of the stream |	4096 bytes, as makedumpfile has it
 *	| offset | size |		of the record
 *	| "dumpflt-log", NUL to 16 | version 1, 32 bits | flags, 32 bits |
 *	| length of the text, 64 bits | text | zeros |
 *	| offset | size | ...		makedumpfile's records
 *
 * All numbers are big-endian, as in the records around it. The zeros go to where
 * the next record begins on a multiple of 64 KiB of the stream: then the log is
 * in chunks of its own, and can be found whatever becomes of the next one. The
 * offset is behind all that the dump file can have, so that who knows nothing of
 * it sees a file with a hole and something at its end, and no record overlaps.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <endian.h>
#include <string.h>

#include "flat/log.h"

#define FLAGS		(FLAT_LOG_CUT | FLAT_LOG_TORN)

static __u32 get32(const unsigned char *from)
{
	__u32 raw;

	memcpy(&raw, from, sizeof(raw));
	return be32toh(raw);
}

static __u64 get64(const unsigned char *from)
{
	__u64 raw;

	memcpy(&raw, from, sizeof(raw));
	return be64toh(raw);
}

/* Is this the beginning of a log, of whatever version? */
bool flat_log_begins(const unsigned char head[FLAT_LOG_HEADER])
{
	return !memcmp(head, FLAT_LOG_MAGIC, FLAT_LOG_MAGIC_SIZE);
}

/**
 * flat_log_read() - read what is before the text
 * @log: filled; its problem is set if there is no text to be had
 * @head: as flat_log_begins() takes it
 * @size: of the record's data, with @head
 */
void flat_log_read(struct flat_log *log, const unsigned char head[FLAT_LOG_HEADER],
		   __u64 size)
{
	__u64 len = get64(head + 24);

	memset(log, 0, sizeof(*log));
	log->there = true;
	if (get32(head + 16) != FLAT_LOG_VERSION)
		log->problem = "its record is of an unknown version";
	else if (get32(head + 20) & ~FLAGS)
		log->problem = "its record has unknown flags";
	else if (!len)
		log->problem = "its record is empty";
	else if (size < FLAT_LOG_HEADER || len > size - FLAT_LOG_HEADER)
		log->problem = "its record says that it is longer than it is";
	else if (len > FLAT_LOG_MAX)
		log->problem = "its record is longer than any log that is kept";
	if (log->problem)
		return;
	log->flags = get32(head + 20);
	log->len = len;
}

/* Has all of the text come? */
bool flat_log_whole(const struct flat_log *log)
{
	return log->len && log->have == log->len;
}
