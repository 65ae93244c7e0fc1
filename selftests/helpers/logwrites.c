// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * logwrites: say what a write log holds, and whether the last data was flushed.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * What a write log is: see writelog.h. QEMU adds a flush when it ends by itself,
 * so whoever wants to know whether the guest flushed has to end QEMU with
 * SIGKILL.
 */
#include <stdbool.h>

#include "writelog.h"

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
	} else if (writelog_has_data(e)) {
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

/* A mark's text is behind its entry, in the same block */
static void list_mark(const struct writelog *log, const struct log_entry *e, __u64 data)
{
	char text[128] = "";

	if (e->data_len >= sizeof(text) ||
	    fseeko(log->file, (off_t)(data - log->block_size + sizeof(*e)), SEEK_SET) ||
	    fread(text, 1, e->data_len, log->file) != e->data_len)
		text[0] = '\0';
	printf("mark %s\n", text);
}

static bool all_zeros(const struct writelog *log, const struct log_entry *e, __u64 data)
{
	__u64 left = e->nr_sectors * log->block_size;
	int c = 0;

	if (fseeko(log->file, (off_t)data, SEEK_SET))
		return false;
	while (left && !c) {
		c = getc(log->file);
		left--;
	}
	return !c;
}

static void list(const struct writelog *log, const struct log_entry *e, __u64 data)
{
	if (e->flags & LOG_FLUSH)
		printf("flush\n");
	if (e->flags & LOG_MARK)
		list_mark(log, e, data);
	else if (e->flags & LOG_DISCARD)
		printf("discard %llu %llu\n", e->sector, e->nr_sectors);
	else if (e->nr_sectors)
		printf("write %llu %llu%s%s\n", e->sector, e->nr_sectors,
		       e->flags & LOG_FUA ? " fua" : "", all_zeros(log, e, data) ? " zeros" : "");
}

static int read_log(FILE *file, bool listing, struct totals *t)
{
	struct writelog log = { 0 };
	struct log_entry e;
	const char *wrong;
	__u64 data;

	wrong = writelog_open(&log, file);
	while (!wrong && log.next < log.nr_entries) {
		wrong = writelog_next(&log, &e, &data);
		if (wrong)
			break;
		count(t, &e, log.block_size);
		if (listing)
			list(&log, &e, data);
	}
	return wrong ? complain(wrong) : 0;
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
			"  list   every entry, what is all zeros and the texts of marks, then the sums\n"
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
