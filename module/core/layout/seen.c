// SPDX-License-Identifier: GPL-2.0-only
/*
 * The chunk records of a dump that is read: all are read when the session begins, and
 * each once more when its chunk is.
 *
 * What the receipt's digest, and so its MAC, vouches for is what was read first. Who owns
 * the disk can answer otherwise the second time: with a CRC that fits and, if he has the
 * filters' key, with a tag that is right for another chunk. So of what was read first a
 * SHA-256 is kept, whole, and what is read again must have the same one.
 *
 * One for each piece of 64 KiB, as they are read at the beginning; with 64 bytes for a
 * record that is one for 64 MiB of dump. Memory is had before the first session that
 * reads, so that no dump is refused for want of it.
 *
 * A piece is read up to a whole block. What is behind the last record is compared as well,
 * though nobody uses it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "layout/area.h"

static u32 bytes_of(const struct dumpflt_area *area, u64 piece)
{
	u64 bytes = area->chunks * area->geo.record_size -
		    piece * DUMPFLT_CHUNK_SIZE;

	return round_up((u32)min_t(u64, bytes, DUMPFLT_CHUNK_SIZE),
			DUMPFLT_AREA_BLOCK);
}

/**
 * dumpflt_seen_create - allocate what a session that reads will need, once
 * @area: the area, geometry set
 *
 * Context: process context, stack lock held, no session; allocates.
 * Return: 0 or -ENOMEM, with words.
 */
int dumpflt_seen_create(struct dumpflt_area *area)
{
	u64 bytes = (u64)area->geo.slot_chunks * area->geo.record_size;

	if (area->seen)
		return 0;
	area->seen = kvcalloc(DIV_ROUND_UP(bytes, DUMPFLT_CHUNK_SIZE),
			      sizeof(*area->seen), GFP_KERNEL);
	if (area->seen)
		return 0;
	dumpflt_note(area->stack, NULL, -ENOMEM,
		     "read: there is no memory for the sums of its records");
	return -ENOMEM;
}

/**
 * dumpflt_seen_destroy - undo dumpflt_seen_create()
 * @area: the area; no session
 *
 * Context: process context.
 */
void dumpflt_seen_destroy(struct dumpflt_area *area)
{
	kvfree(area->seen);
}

/**
 * dumpflt_seen_fetch - read a piece of the records into the area's buffer
 * @area: the area, slot and number of chunks known, no chunk open
 * @piece: number of the piece, the first of its records below that of the chunks
 *
 * Context: process context; sleeps.
 * Return: 0 or a negative errno; nothing is said about it.
 */
int dumpflt_seen_fetch(struct dumpflt_area *area, u64 piece)
{
	u32 at_once = DUMPFLT_CHUNK_SIZE / area->geo.record_size;

	return dumpflt_sync_io(area->stack, &area->stack->sync, REQ_OP_READ,
			       area->buffer, bytes_of(area, piece),
			       dumpflt_geometry_record(&area->geo, area->slot,
						       piece * at_once));
}

/**
 * dumpflt_seen_keep - know the piece again
 * @area: the area, after dumpflt_seen_fetch()
 * @piece: the same piece
 *
 * Context: any.
 */
void dumpflt_seen_keep(struct dumpflt_area *area, u64 piece)
{
	sha256(area->buffer, bytes_of(area, piece), area->seen[piece]);
}

/**
 * dumpflt_seen_is - is it the piece that was kept?
 * @area: the area, after dumpflt_seen_fetch(), in a session that kept each piece
 * @piece: the same piece
 *
 * Context: any.
 * Return: true if so.
 */
bool dumpflt_seen_is(const struct dumpflt_area *area, u64 piece)
{
	u8 now[SHA256_DIGEST_SIZE];

	sha256(area->buffer, bytes_of(area, piece), now);
	return !memcmp(now, area->seen[piece], sizeof(now));
}
