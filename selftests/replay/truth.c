// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is true of a log: which dump it writes, and what was there before.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

static int complain(const char *what)
{
	fprintf(stderr, "ERROR: replay failed: %s\n", what);
	return -1;
}

const struct dump *truth_of(const struct truth *truth, const __u8 session[16])
{
	size_t i;

	for (i = 0; i < truth->nr_dumps; i++)
		if (!memcmp(truth->dumps[i].session, session, 16))
			return &truth->dumps[i];
	return NULL;
}

static int keep(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct dump *dump = ctx;
	__u8 *bytes = realloc(dump->bytes, offset + len);

	if (!bytes)
		return -ENOMEM;
	memcpy(bytes + offset, data, len);
	dump->bytes = bytes;
	dump->size = offset + len;
	return 0;
}

/* Every dump that was COMPLETE before the log began */
static int find_old(struct truth *truth, struct area *before)
{
	struct area_verdict verdict;
	struct area_slot slot;
	__u32 number;

	for (number = 0; number < before->geo.nr_slots; number++) {
		struct dump *dump = &truth->dumps[truth->nr_dumps];

		if (area_slot_load(before, number, &slot) ||
		    area_verify(before, &slot, keep, dump, &verdict))
			return complain("the area before the log cannot be read");
		if (verdict.complete) {
			memcpy(dump->session, slot.entry->session, sizeof(dump->session));
			dump->slot = number;
			truth->nr_dumps++;
		} else {
			free(dump->bytes);
			memset(dump, 0, sizeof(*dump));
		}
		area_slot_unload(&slot);
	}
	return 0;
}

static __u64 number_of(const struct area *area, __u32 slot)
{
	return le64_to_cpu(area->header->slots[slot].number);
}

static bool is_new(const struct area *before, const struct area *after, __u32 slot)
{
	return memcmp(after->header->slots[slot].session, before->header->slots[slot].session,
		      16);
}

/* How many dumps of the log were written before the one in @slot */
static size_t nr_older(const struct area *before, const struct area *after, __u32 slot)
{
	size_t older = 0;
	__u32 i;

	for (i = 0; i < after->geo.nr_slots; i++)
		older += is_new(before, after, i) && number_of(after, i) < number_of(after, slot);
	return older;
}

/* The slots whose session is another one afterwards, one for each reference */
static int find_new(struct truth *truth, const struct area *before, const struct area *after)
{
	size_t found = 0, i;
	__u32 number;

	for (i = truth->nr_new; i < truth->nr_dumps; i++)
		truth->dumps[i].stays = true;
	for (number = 0; number < after->geo.nr_slots; number++) {
		const struct dumpflt_disk_slot *is = &after->header->slots[number];
		size_t nr = nr_older(before, after, number);

		if (!is_new(before, after, number))
			continue;
		if (++found > truth->nr_new)
			break;
		memcpy(truth->dumps[nr].session, is->session, 16);
		truth->dumps[nr].slot = number;
		for (i = truth->nr_new; i < truth->nr_dumps; i++)
			if (truth->dumps[i].slot == number)
				truth->dumps[i].stays = false;
	}
	return found == truth->nr_new ? 0 :
		complain("the log does not write as many dumps into a dump area as there are references");
}

/* Without marks only the end of the log is known to be behind them all */
static int find_saved(struct truth *truth)
{
	const struct log *log = truth->disk->log;
	size_t i;

	if (log->nr_saved && log->nr_saved != truth->nr_new)
		return complain("the log does not call as many dumps saved as there are references");
	for (i = 0; i < truth->nr_new; i++)
		truth->dumps[i].saved = log->nr_saved ? log->saved[i] : log->nr;
	return 0;
}

/* What the log has made of the dump's chunks and records */
static int keep_written(struct dump *dump, const struct area *after)
{
	size_t data, records;

	dump->chunks = (dump->size + DUMPFLT_CHUNK_SIZE - 1) / DUMPFLT_CHUNK_SIZE + 1;
	if (dump->chunks > after->geo.slot_chunks)
		return complain("the reference is larger than a slot");
	data = dump->chunks * DUMPFLT_CHUNK_SIZE;
	records = dump->chunks * after->geo.record_size;
	dump->written = malloc(data);
	dump->records = malloc(records);
	if (!dump->written || !dump->records)
		return complain("out of memory");
	if (after->io->read(after->io->ctx, dump->written, data,
			    dumpflt_geometry_chunk(&after->geo, dump->slot, 0)) ||
	    after->io->read(after->io->ctx, dump->records, records,
			    dumpflt_geometry_record(&after->geo, dump->slot, 0)))
		return complain("the area after the log cannot be read");
	return 0;
}

static int find_all(struct truth *truth, struct area *before, const struct area *after)
{
	size_t i;

	truth->record_size = after->geo.record_size;
	if (find_old(truth, before) || find_new(truth, before, after) || find_saved(truth))
		return -1;
	for (i = 0; i < truth->nr_new; i++)
		if (keep_written(&truth->dumps[i], after))
			return -1;
	return 0;
}

static int read_references(struct truth *truth, char **references, size_t nr)
{
	size_t i;

	truth->nr_new = nr;
	truth->nr_dumps = nr;
	for (i = 0; i < nr; i++) {
		truth->dumps[i].bytes = read_reference(references[i], &truth->dumps[i].size);
		if (!truth->dumps[i].bytes)
			return -1;
	}
	return 0;
}

static struct area_io io_of(struct disk *disk)
{
	return (struct area_io){ .read = disk_read, .ctx = disk, .size = disk->size };
}

/*
 * @before has to show the disk as the log found it, @after as it left it; it is
 * @before that images will be shown on.
 */
int truth_find(struct truth *truth, struct disk *before, struct disk *after,
	       char **references, size_t nr)
{
	struct area_io io[2] = { io_of(before), io_of(after) };
	struct area old, new;
	int ret = -1;

	memset(truth, 0, sizeof(*truth));
	truth->disk = before;
	truth->io = io[0];
	if (read_references(truth, references, nr))
		return -1;
	if (area_load(&old, &io[0]))
		return complain("the disk holds no dump area before the log");
	if (area_load(&new, &io[1])) {
		complain("the disk holds no dump area after the log");
	} else {
		ret = find_all(truth, &old, &new);
		area_unload(&new);
	}
	area_unload(&old);
	return ret;
}

void truth_free(struct truth *truth)
{
	size_t i;

	for (i = 0; i < truth->nr_dumps; i++) {
		free(truth->dumps[i].bytes);
		free(truth->dumps[i].written);
		free(truth->dumps[i].records);
	}
}
