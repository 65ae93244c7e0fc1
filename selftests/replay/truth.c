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

/* The one slot whose session is another one afterwards */
static int find_new(struct truth *truth, const struct area *before, const struct area *after)
{
	size_t found = 0, i;
	__u32 number;

	for (i = 1; i < truth->nr_dumps; i++)
		truth->dumps[i].stays = true;
	for (number = 0; number < after->geo.nr_slots; number++) {
		const struct dumpflt_disk_slot *is = &after->header->slots[number];

		if (!memcmp(is->session, before->header->slots[number].session, 16))
			continue;
		found++;
		memcpy(truth->dumps[0].session, is->session, 16);
		truth->dumps[0].slot = number;
		for (i = 1; i < truth->nr_dumps; i++)
			if (truth->dumps[i].slot == number)
				truth->dumps[i].stays = false;
	}
	return found == 1 ? 0 : complain("the log is not that of one dump in a dump area");
}

/* What the log has made of the dump's chunks and records */
static int keep_written(struct truth *truth, const struct area *after)
{
	__u32 slot = truth->dumps[0].slot;
	size_t data, records;

	truth->record_size = after->geo.record_size;
	truth->chunks = (truth->dumps[0].size + DUMPFLT_CHUNK_SIZE - 1) / DUMPFLT_CHUNK_SIZE + 1;
	if (truth->chunks > after->geo.slot_chunks)
		return complain("the reference is larger than a slot");
	data = truth->chunks * DUMPFLT_CHUNK_SIZE;
	records = truth->chunks * truth->record_size;
	truth->written = malloc(data);
	truth->records = malloc(records);
	if (!truth->written || !truth->records)
		return complain("out of memory");
	if (after->io->read(after->io->ctx, truth->written, data,
			    dumpflt_geometry_chunk(&after->geo, slot, 0)) ||
	    after->io->read(after->io->ctx, truth->records, records,
			    dumpflt_geometry_record(&after->geo, slot, 0)))
		return complain("the area after the log cannot be read");
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
	       const char *reference)
{
	struct area_io io[2] = { io_of(before), io_of(after) };
	struct area old, new;
	int ret = -1;

	memset(truth, 0, sizeof(*truth));
	truth->disk = before;
	truth->io = io[0];
	truth->nr_dumps = 1;
	truth->dumps[0].bytes = read_reference(reference, &truth->dumps[0].size);
	if (!truth->dumps[0].bytes)
		return -1;
	if (area_load(&old, &io[0]))
		return complain("the disk holds no dump area before the log");
	if (area_load(&new, &io[1])) {
		complain("the disk holds no dump area after the log");
	} else {
		ret = find_old(truth, &old);
		if (!ret)
			ret = find_new(truth, &old, &new);
		if (!ret)
			ret = keep_written(truth, &new);
		area_unload(&new);
	}
	area_unload(&old);
	return ret;
}

void truth_free(struct truth *truth)
{
	size_t i;

	for (i = 0; i < truth->nr_dumps; i++)
		free(truth->dumps[i].bytes);
	free(truth->written);
	free(truth->records);
}
