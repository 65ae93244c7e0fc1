// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The slot of the dump area that a rehearsal uses: a free one, and free again after it.
 *
 * The kernel chooses it, and takes one that holds a dump only if none is free; so one
 * must be. An armed machine may crash meanwhile: then there must be another one.
 *
 * What was written is written over with zeros: the sample is memory, and not every
 * policy seals it. Until then the slot says COLLECTED, which a dump may overwrite.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "deploy/root.h"
#include "dumps/open.h"
#include "dumps/zeros.h"
#include "lib/clock.h"
#include "lib/report.h"
#include "rehearsal/slot.h"

/* More than it can be for anything that makedumpfile does: data that cannot be packed */
#define SLACK_CHUNKS	64

static __u32 count_free(struct open_area *open)
{
	__u32 i, nr = 0, state;

	area_free_slots(&open->area);
	for (i = 0; i < open->area.geo.nr_slots; i++) {
		state = le32_to_cpu(open->area.header->slots[i].state);
		nr += state == DUMPFLT_SLOT_EMPTY || state == DUMPFLT_SLOT_COLLECTED;
	}
	return nr;
}

static int check_free(struct open_area *open, bool armed)
{
	__u32 nr = count_free(open);

	if (dumpflt_header_is_spent(open->area.header)) {
		area_report_spent(open->path);
		return -EOVERFLOW;
	}
	if (nr > armed)
		return 0;
	if (nr)
		report_failure("looking for a slot to rehearse in", open->path,
			       "only one is free, and the machine is armed: a crash during the rehearsal would find none");
	else
		report_failure("looking for a slot to rehearse in", open->path,
			       "each of them holds a dump, and a rehearsal overwrites none");
	report_hint("'dumpflt collect --release' keeps dumps as files and frees their slots%s.",
		    nr ? "; or run 'dumpflt disarm' before" : "");
	return -ENOSPC;
}

static __u64 chunks_for(__u64 bytes)
{
	return bytes * 5 / 4 / DUMPFLT_CHUNK_SIZE + SLACK_CHUNKS;
}

/**
 * slot_find() - is there a free slot, also for a crash meanwhile?
 * @plan: made
 * @armed: the machine may crash into the same area
 * @slot: filled as far as it is known before
 *
 * Return: 0 or a negative errno, which is reported
 */
int slot_find(const struct plan *plan, bool armed, struct slot *slot)
{
	char path[ROOT_PATH_MAX];
	struct open_area open;
	int ret;

	memset(slot, 0, sizeof(*slot));
	root_path(path, "%s", plan->device);
	ret = open_area(&open, path, false);
	if (ret)
		return ret;
	slot->room = (__u64)(open.area.geo.slot_chunks - 1) * DUMPFLT_CHUNK_SIZE;
	slot->sessions = le64_to_cpu(open.area.header->sessions);
	ret = check_free(&open, armed);
	close_area(&open);
	return ret;
}

/* For a sample, however it is packed. Returns: 0 or -ENOSPC, which is reported */
int slot_check_room(const struct plan *plan, __u64 bytes, const struct slot *slot)
{
	if (chunks_for(bytes) * DUMPFLT_CHUNK_SIZE <= slot->room)
		return 0;
	report_failure("looking for a slot to rehearse in", plan->device,
		       "a slot holds %llu MiB, which is too little for a sample of %llu MiB",
		       slot->room >> 20, bytes >> 20);
	report_hint("Take a smaller one: --sample MIB.");
	return -ENOSPC;
}

static bool find_used(const struct area *area, struct slot *slot)
{
	__u32 i;

	for (i = 0; i < area->geo.nr_slots && !slot->used; i++) {
		slot->used = le64_to_cpu(area->header->slots[i].number) > slot->sessions;
		slot->number = i;
	}
	return slot->used;
}

static void take_receipt(const struct dumpflt_disk_receipt *receipt, struct slot *slot)
{
	size_t i;

	slot->write_us = 1000ULL * (le32_to_cpu(receipt->phase_ms[DUMPFLT_PHASE_WRITE]) +
				    le32_to_cpu(receipt->phase_ms[DUMPFLT_PHASE_CLOSE]));
	slot->nr_filters = le32_to_cpu(receipt->nr_filters);
	for (i = 0; i < slot->nr_filters; i++) {
		copy_string(slot->filter[i].name, DUMPFLT_NAME_MAX,
			    (const char *)receipt->filters[i].name);
		slot->filter[i].bytes = le64_to_cpu(receipt->filters[i].bytes);
		slot->filter[i].us = le64_to_cpu(receipt->filters[i].ns) / 1000;
	}
}

/* @chunks: set to those that were written, if that is known */
static void read_receipt(const struct area *area, struct slot *slot, __u64 *chunks)
{
	struct area_slot found;

	if (area_slot_load(area, slot->number, &found))
		return;
	if (found.receipt && found.state == DUMPFLT_SLOT_COMPLETE) {
		*chunks = le64_to_cpu(found.receipt->chunks);
		take_receipt(found.receipt, slot);
	}
	area_slot_unload(&found);
}

/* As it goes past the page cache, it is the disk whose time is taken */
static int wipe_chunks(const struct area *area, struct zeros *zeros, __u64 chunks,
		       struct slot *slot)
{
	__u64 begin = now_ms();
	int ret;

	slot->wiped = chunks * DUMPFLT_CHUNK_SIZE;
	ret = zeros_write(zeros, dumpflt_geometry_chunk(&area->geo, slot->number, 0),
			  slot->wiped);
	if (!ret && fsync(area->io->fd))
		ret = -errno;
	slot->wipe_us = (now_ms() - begin) * 1000;
	return ret;
}

/* The records' region is made of whole units */
static __u64 records_len(const struct dumpflt_geometry *geo, __u64 chunks)
{
	return (chunks * geo->record_size + DUMPFLT_AREA_UNIT - 1) /
	       DUMPFLT_AREA_UNIT * DUMPFLT_AREA_UNIT;
}

static int wipe_slot(const struct area *area, __u64 chunks, struct slot *slot)
{
	const struct dumpflt_geometry *geo = &area->geo;
	struct zeros zeros = { .step = NULL };
	int ret = zeros_begin(&zeros, area->io->fd);

	if (ret)
		return ret;
	ret = zeros_write(&zeros, dumpflt_geometry_fmeta(geo, slot->number),
			  DUMPFLT_AREA_UNIT);
	if (!ret)
		ret = wipe_chunks(area, &zeros, chunks, slot);
	if (!ret)
		ret = zeros_write(&zeros, dumpflt_geometry_record(geo, slot->number, 0),
				  records_len(geo, chunks));
	if (!ret)
		ret = zeros_write(&zeros, dumpflt_geometry_receipt(geo, slot->number, 0),
				  DUMPFLT_AREA_UNIT);
	zeros_end(&zeros);
	if (!ret && fsync(area->io->fd))
		ret = -errno;
	return ret;
}

/* First that a dump may have it, then that there is nothing in it */
static int let_go(struct area *area, __u64 chunks, struct slot *slot)
{
	struct dumpflt_disk_slot *entry = &area->header->slots[slot->number];
	int ret;

	if (!dumpflt_slot_collect(area->header, slot->number))
		return -EOVERFLOW;
	ret = area_write_header(area);
	if (!ret)
		ret = wipe_slot(area, chunks, slot);
	if (ret)
		return ret;
	if (!dumpflt_header_touch(area->header))
		return -EOVERFLOW;
	memset(entry, 0, sizeof(*entry));
	return area_write_header(area);
}

/**
 * slot_give_back() - overwrite what the rehearsal left in the area
 * @plan: made
 * @bytes: of the sample
 * @slot: from slot_find(); what its receipt says is filled in
 *
 * Needs signals_catch(). Nothing is done if no session was begun.
 *
 * Return: 0 or a negative errno, which is reported
 */
int slot_give_back(const struct plan *plan, __u64 bytes, struct slot *slot)
{
	char path[ROOT_PATH_MAX];
	struct open_area open;
	__u64 chunks;
	int ret;

	root_path(path, "%s", plan->device);
	ret = open_area(&open, path, true);
	if (ret)
		return ret;
	if (find_used(&open.area, slot)) {
		chunks = chunks_for(bytes);
		read_receipt(&open.area, slot, &chunks);
		if (chunks > open.area.geo.slot_chunks)
			chunks = open.area.geo.slot_chunks;
		ret = let_go(&open.area, chunks, slot);
	}
	close_area(&open);
	if (!ret)
		return 0;
	report_error("overwriting what was rehearsed", plan->device, -ret);
	report_hint("Slot %u holds a sample of memory: 'dumpflt erase --slot %u --force %s' overwrites it.",
		    slot->number, slot->number, plan->device);
	return ret;
}
