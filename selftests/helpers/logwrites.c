// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * logwrites: say what a write log holds, and whether the last data was flushed.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * The log is what QEMU's blklogwrites driver and the kernel's dm-log-writes
 * target record: one superblock, then for each request one block that says
 * what it was, followed by the data of writes:
 *
 *   | super | entry 0 | data 0 ... | entry 1 | entry 2 | data 2 ... |
 *
 * Little endian; blocks are of the size that the superblock says. QEMU adds a
 * flush when it ends by itself, so whoever wants to know whether the guest
 * flushed has to end QEMU with SIGKILL.
 */
#include <endian.h>
#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LOG_MAGIC	0x6a736677736872ULL
#define LOG_VERSION	1

#define LOG_FLUSH	0x1
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

struct totals {
	__u64 writes;
	__u64 bytes;
	__u64 fua;
	__u64 flushes;
	__u64 discards;
	__u64 unflushed;	/* writes since the last flush */
	__u64 lowest;
	__u64 end;
};

static const char *path;

static int complain(const char *what)
{
	fprintf(stderr, "ERROR: %s failed on '%s': %s\n", what, path,
		errno ? strerror(errno) : "not a whole write log");
	return 1;
}

static void count(struct totals *t, const struct log_entry *e, __u32 block_size)
{
	if (e->flags & LOG_FLUSH) {
		t->flushes++;
		t->unflushed = 0;
	}
	if (e->flags & LOG_DISCARD) {
		t->discards++;
	} else if (e->nr_sectors && !(e->flags & LOG_MARK)) {
		if (!t->writes || e->sector < t->lowest)
			t->lowest = e->sector;
		if (e->sector + e->nr_sectors > t->end)
			t->end = e->sector + e->nr_sectors;
		t->writes++;
		t->bytes += e->nr_sectors * block_size;
		if (e->flags & LOG_FUA)
			t->fua++;
		else
			t->unflushed++;
	}
}

static void list(const struct log_entry *e)
{
	if (e->flags & LOG_FLUSH)
		printf("flush\n");
	if (e->flags & LOG_MARK)
		printf("mark\n");
	else if (e->flags & LOG_DISCARD)
		printf("discard %llu %llu\n", e->sector, e->nr_sectors);
	else if (e->nr_sectors)
		printf("write %llu %llu%s\n", e->sector, e->nr_sectors,
		       e->flags & LOG_FUA ? " fua" : "");
}

static int read_log(FILE *log, bool listing, struct totals *t)
{
	struct log_super super;
	struct log_entry e;
	__u64 i, pos;
	__u32 block_size;

	errno = 0;
	if (fread(&super, sizeof(super), 1, log) != 1)
		return complain("read of the superblock");
	block_size = le32toh(super.block_size);
	if (le64toh(super.magic) != LOG_MAGIC || le64toh(super.version) != LOG_VERSION ||
	    block_size < 512)
		return complain("reading a superblock of a write log");
	pos = block_size;
	for (i = 0; i < le64toh(super.nr_entries); i++) {
		errno = 0;
		if (fseeko(log, (off_t)pos, SEEK_SET) || fread(&e, sizeof(e), 1, log) != 1)
			return complain("read of an entry");
		e.sector = le64toh(e.sector);
		e.nr_sectors = le64toh(e.nr_sectors);
		e.flags = le64toh(e.flags);
		pos += block_size;
		if (!(e.flags & LOG_DISCARD))
			pos += e.nr_sectors * block_size;
		count(t, &e, block_size);
		if (listing)
			list(&e);
	}
	return 0;
}

static int report(const struct totals *t, bool check)
{
	printf("writes=%llu bytes=%llu fua=%llu ", t->writes, t->bytes, t->fua);
	printf("flushes=%llu discards=%llu ", t->flushes, t->discards);
	printf("unflushed=%llu first=%llu end=%llu\n", t->unflushed, t->lowest, t->end);
	if (!check)
		return 0;
	if (t->writes && !t->unflushed)
		return 0;
	fprintf(stderr, "ERROR: check failed on '%s': %s\n", path,
		t->writes ? "no flush after the last write" : "no writes");
	return 1;
}

int main(int argc, char **argv)
{
	struct totals totals = { 0 };
	bool listing, check;
	FILE *log;
	int ret;

	listing = argc == 3 && !strcmp(argv[1], "list");
	check = argc == 3 && !strcmp(argv[1], "check");
	if (!listing && !check && (argc != 3 || strcmp(argv[1], "sum"))) {
		fprintf(stderr,
			"Usage: logwrites list|sum|check LOG\n"
			"  list   every entry, then the sums\n"
			"  sum    the sums: writes, bytes, flushes, writes after the last flush\n"
			"  check  the sums; fails if there is no write, or no flush after the last one\n");
		return 2;
	}
	path = argv[2];
	log = fopen(path, "rb");
	if (!log)
		return complain("open");
	ret = read_log(log, listing, &totals);
	fclose(log);
	return ret ? ret : report(&totals, check);
}
