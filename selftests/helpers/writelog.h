/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A write log, entry by entry.
 *
 * The log is what QEMU's blklogwrites driver and the kernel's dm-log-writes
 * target record: one superblock, then for each request one block that says
 * what it was, followed by the data of writes:
 *
 *   | super | entry 0 | data 0 ... | entry 1 | entry 2 | data 2 ... |
 *
 * Little endian; blocks are of the size that the superblock says, and so are
 * the sectors that entries count.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_WRITELOG_H
#define DUMPFLT_WRITELOG_H

#include <endian.h>
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>

#define LOG_MAGIC	0x6a736677736872ULL
#define LOG_VERSION	1

#define LOG_FLUSH	0x1	/* before the data of the entry, if any */
#define LOG_FUA		0x2
#define LOG_DISCARD	0x4
#define LOG_MARK	0x8

struct log_super {
	__u64 magic;
	__u64 version;
	__u64 nr_entries;
	__u32 block_size;
	__u32 unused;
};

struct log_entry {
	__u64 sector;
	__u64 nr_sectors;
	__u64 flags;
	__u64 data_len;
};

/**
 * struct writelog - a log that is being read
 * @file: open for reading
 * @block_size: bytes
 * @nr_entries: that the superblock promises
 * @next: number of the entry that comes next
 * @pos: where it is
 */
struct writelog {
	FILE	*file;
	__u32	block_size;
	__u64	nr_entries;
	__u64	next;
	__u64	pos;
};

/* Reads the superblock. NULL, or what failed; errno is 0 if it is no such log */
static inline const char *writelog_open(struct writelog *log, FILE *file)
{
	struct log_super super;

	errno = 0;
	if (fread(&super, sizeof(super), 1, file) != 1)
		return "read of the superblock";
	if (le64toh(super.magic) != LOG_MAGIC || le64toh(super.version) != LOG_VERSION ||
	    le32toh(super.block_size) < 512)
		return "reading a superblock of a write log";
	log->file = file;
	log->block_size = le32toh(super.block_size);
	log->nr_entries = le64toh(super.nr_entries);
	log->next = 0;
	log->pos = log->block_size;
	return NULL;
}

static inline int writelog_has_data(const struct log_entry *entry)
{
	return entry->nr_sectors && !(entry->flags & (LOG_DISCARD | LOG_MARK));
}

/*
 * The next entry, in this machine's byte order; *@data is where its data is.
 * NULL, or what failed; errno is 0 if the log ends too early. To be called
 * while log->next is less than log->nr_entries.
 */
static inline const char *writelog_next(struct writelog *log, struct log_entry *entry,
					__u64 *data)
{
	errno = 0;
	if (fseeko(log->file, (off_t)log->pos, SEEK_SET) ||
	    fread(entry, sizeof(*entry), 1, log->file) != 1)
		return "read of an entry";
	entry->sector = le64toh(entry->sector);
	entry->nr_sectors = le64toh(entry->nr_sectors);
	entry->flags = le64toh(entry->flags);
	entry->data_len = le64toh(entry->data_len);
	log->next++;
	log->pos += log->block_size;
	*data = log->pos;
	if (!(entry->flags & LOG_DISCARD))
		log->pos += entry->nr_sectors * log->block_size;
	return NULL;
}

#endif
