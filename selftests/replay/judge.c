// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the tool makes of an image, held against what is true.
 *
 * The reader is the tool's own (userspace/area/), so that what is judged is
 * what people will be told. Two things say COMPLETE: the state of a slot, which
 * follows from its receipt alone and is what "show" prints, and the verdict of
 * "verify". Either is false if the dump is not there byte for byte.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "judge.h"

/**
 * struct view - one image, while it is looked at
 * @truth: what is true
 * @image: which
 * @dump: the one that ought to be in the slot at hand, NULL if none
 * @given: bytes of it that the reader gave out
 * @differs: they are not those of @dump
 * @intact: bit i: dump number i is COMPLETE
 * @found: bit by enum finding
 * @explain: print what is found
 */
struct view {
	const struct truth	*truth;
	const struct image	*image;
	const struct dump	*dump;
	__u64			given;
	bool			differs;
	__u64			intact[2];
	unsigned int		found;
	bool			explain;
};

static void find(struct view *view, enum finding finding, __u32 slot, const char *words)
{
	view->found |= 1U << finding;
	if (view->explain)
		printf("# cut %zu, %s, seed %#llx: slot %u: %s\n", view->image->cut,
		       image_word(view->image->kind), view->image->seed, slot, words);
}

static int compare(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct view *view = ctx;
	const struct dump *dump = view->dump;

	if (!dump || offset != view->given || offset > dump->size ||
	    len > dump->size - offset || memcmp(data, dump->bytes + offset, len))
		view->differs = true;
	view->given += len;
	return 0;
}

/* Chunks of a dump of the log that are there, as is what is needed to prove it */
static __u64 whole_chunks(const struct truth *truth, const struct dump *dump,
			  const struct area *area)
{
	__u8 chunk[DUMPFLT_CHUNK_SIZE], record[DUMPFLT_RECORD_MAX];
	__u64 i;

	for (i = 0; i < dump->chunks; i++)
		if (disk_read(truth->disk, record, truth->record_size,
			      dumpflt_geometry_record(&area->geo, dump->slot, i)) ||
		    memcmp(record, dump->records + i * truth->record_size,
			   truth->record_size) ||
		    disk_read(truth->disk, chunk, sizeof(chunk),
			      dumpflt_geometry_chunk(&area->geo, dump->slot, i)) ||
		    memcmp(chunk, dump->written + i * DUMPFLT_CHUNK_SIZE, sizeof(chunk)))
			break;
	return i;
}

static void judge_slot(struct view *view, const struct area *area,
		       const struct area_slot *slot, struct counts *counts)
{
	const struct truth *truth = view->truth;
	struct area_verdict verdict;
	size_t number;

	view->dump = truth_of(truth, slot->entry->session);
	view->given = 0;
	view->differs = false;
	if (area_verify(area, slot, compare, view, &verdict)) {
		find(view, CRASHED, slot->number, "it cannot be verified");
		return;
	}
	if (verdict.complete &&
	    (!view->dump || view->differs || view->given != view->dump->size))
		find(view, FALSE_COMPLETE, slot->number, "'verify' says COMPLETE");
	else if (slot->state == DUMPFLT_SLOT_COMPLETE && !verdict.complete)
		find(view, FALSE_COMPLETE, slot->number, verdict.problem);
	/* of a dump that was torn before the log began, nothing is known */
	if (!view->dump)
		return;
	if (view->differs || view->given != verdict.good_bytes)
		find(view, NO_PREFIX, slot->number, "what is given out is not of the dump");
	number = (size_t)(view->dump - truth->dumps);
	if (verdict.complete)
		view->intact[number / 64] |= 1ULL << number % 64;
	if (number >= truth->nr_new || verdict.complete)
		return;
	counts->salvaged += !!view->given;
	if (view->given > counts->longest)
		counts->longest = view->given;
	if (verdict.good_chunks < whole_chunks(truth, view->dump, area))
		find(view, TOO_SHORT, slot->number, "more is there than is salvaged");
}

/* Its slot is for the next dump */
static void judge_unbegun(struct view *view, const struct area *area,
			  const struct area_slot *slot)
{
	const struct dump *dump = truth_of(view->truth, slot->unbegun->session);

	if (dump && dump < view->truth->dumps + view->truth->nr_new &&
	    whole_chunks(view->truth, dump, area))
		find(view, TOO_SHORT, slot->number, "chunks are there, and are said not to be");
}

static bool is_intact(const struct view *view, size_t number)
{
	return view->intact[number / 64] >> number % 64 & 1;
}

/*
 * One that makes way is there until the header says who takes its place. If that
 * header goes bad in turn, the other one does not know
 */
static bool must_be_there(const struct view *view, const struct area *area,
			  const struct dump *dump)
{
	bool header_bad = view->image->kind == IMAGE_BAD_A ||
			  view->image->kind == IMAGE_BAD_B;

	return dump->stays ||
	       (!header_bad && !area->unbegun[dump->slot] &&
		!memcmp(area->header->slots[dump->slot].session, dump->session,
			sizeof(dump->session)));
}

static void judge_slots(struct view *view, const struct area *area, struct counts *counts)
{
	const struct truth *truth = view->truth;
	struct area_slot slot;
	size_t intact = 0, i;
	__u32 number;

	for (number = 0; number < area->geo.nr_slots; number++) {
		if (area_slot_load(area, number, &slot)) {
			find(view, CRASHED, number, "it cannot be loaded");
			continue;
		}
		judge_slot(view, area, &slot, counts);
		if (slot.unbegun)
			judge_unbegun(view, area, &slot);
		area_slot_unload(&slot);
	}
	for (i = truth->nr_new; i < truth->nr_dumps; i++)
		if (must_be_there(view, area, &truth->dumps[i]) && !is_intact(view, i))
			find(view, OLD_LOST, truth->dumps[i].slot, "the dump in it is lost");
	for (i = 0; i < truth->nr_new; i++) {
		intact += is_intact(view, i);
		if (view->image->cut >= truth->dumps[i].saved && !is_intact(view, i))
			find(view, SAVED_LOST, truth->dumps[i].slot, "it had been called saved");
	}
	counts->complete += intact == truth->nr_new;
}

void judge(const struct truth *truth, const struct image *image, struct counts *counts,
	   bool explain)
{
	struct view view = { .truth = truth, .image = image, .explain = explain };
	struct area_io io = truth->io;
	struct area area;
	int i;

	disk_show(truth->disk, image);
	if (area_load(&area, &io)) {
		find(&view, AREA_LOST, 0, "there is no area");
	} else {
		judge_slots(&view, &area, counts);
		area_unload(&area);
	}
	counts->images++;
	for (i = 0; i < NR_FINDINGS; i++)
		counts->found[i] += view.found >> i & 1;
}
