// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dumpflt collect: what is made of each slot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/collect.h"
#include "deploy/rehearsing.h"
#include "dumps/area_json.h"
#include "dumps/not_good.h"
#include "dumps/salvage.h"
#include "lib/json.h"
#include "lib/report.h"
#include "lib/signals.h"
#include "lib/text.h"

static const char * const words[] = {
	[COLLECT_COPIED]	= "collected",
	[COLLECT_PRESENT]	= "present",
	[COLLECT_REFUSED]	= "not complete",
	[COLLECT_FAILED]	= "failed",
	[COLLECT_NOTHING]	= "nothing in it",
};

static const char salvaged[] = "salvaged";

static bool is_there(enum collect_result result)
{
	return result == COLLECT_COPIED || result == COLLECT_PRESENT;
}

/* How far the dump is verified, whether there is a file of that or not */
static void add_part_json(struct json_object *object, const struct area_verdict *verdict)
{
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	json_add_number(object, "verified_bytes", verdict->good_bytes);
	json_add_text(object, "problem", problem);
}

static void add_json(struct collection *collection,
		     const struct collect_copy *copy, enum collect_result result)
{
	const struct area_slot *slot = copy->slot;
	struct json_object *object = json_object_new_object();
	bool released = le32_to_cpu(slot->entry->state) == DUMPFLT_SLOT_COLLECTED;
	struct dump_id dump;

	json_add_number(object, "slot", slot->number);
	json_add_text(object, "state", dumpflt_slot_word(slot->state));
	json_add_text(object, "result", copy->part && is_there(result) ? salvaged : words[result]);
	/* in memory it may be, and not on the disk */
	json_add_flag(object, "released", released &&
		      result != COLLECT_FAILED);
	if (copy->data[0]) {
		json_add_text(object, "file", copy->data);
		json_add_number(object, "size", copy->size);
	}
	if (copy->part)
		add_part_json(object, &copy->part->verdict);
	dump_id_of_slot(&dump, &collection->open.area, slot->number, slot->entry);
	json_add_dump(object, &dump);
	json_object_array_add(collection->array, object);
}

static enum collect_result get_copy(struct collection *collection, struct collect_copy *copy)
{
	return collection->config ? keep_dump(copy, &collection->run) :
				    collect_slot(copy, collection->release);
}

/* Nobody can tell what is in it, or there is not even a first chunk that is good */
static void report_no_part(const struct area_verdict *verdict)
{
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	report_hint("Nothing of it was salvaged: %s", problem);
}

/*
 * Of a dump that is not COMPLETE and intact, which was said: all that is verified of it. The
 * slot stays as it is: behind that there may be more, of which only a key, or a person, can tell.
 * So nothing is lost if there is no part: that is said, and is no failure of the run.
 */
static void salvage_slot(struct collection *collection, struct collect_copy *copy)
{
	struct collect_part part = { .damaged = slot_is_damaged(copy->slot) };
	enum collect_result result;

	copy->part = &part;
	copy->data[0] = '\0';
	result = get_copy(collection, copy);
	if (result == COLLECT_REFUSED) {
		report_no_part(&part.verdict);
		report_salvage(collection->path, copy->slot, "");
	} else if (is_there(result) && !collection->json) {
		/* it did not go well, so that who is quiet reads it, too */
		printf("slot %u: not complete; its first %llu bytes %s to %s; not released\n",
		       copy->slot->number, part.verdict.good_bytes,
		       result == COLLECT_COPIED ? "are salvaged" : "were salvaged before,",
		       copy->data);
	}
	add_json(collection, copy, result);
	copy->part = NULL;
}

/* One that is not COMPLETE may be all that there is: it is for people to see */
static void refuse_slot(struct collection *collection,
			const struct collect_copy *copy)
{
	const struct area_slot *slot = copy->slot;

	collection->unsure |= slot_is_damaged(slot);
	report_failure("collecting", collection->path,
		       "slot %u is %s, not COMPLETE", slot->number,
		       dumpflt_slot_word(slot->state));
	if (area_slot_receipts_damaged(slot))
		report_hint("Both copies of its receipt are damaged: it may be whole or not.");
	if (slot->contradiction)
		report_hint("Its two receipts contradict each other: it may be whole or not.");
	collection->incomplete++;
	if (collection->salvage && !area_slot_nothing(slot)) {
		collection->later[slot->number] = true;
		return;
	}
	if (!area_slot_nothing(slot))
		report_hint("With --salvage, what is verified of its beginning is kept as a part.");
	report_salvage(collection->path, slot, "");
	add_json(collection, copy, COLLECT_REFUSED);
}

/* There is nothing to see but the reason, which is in the receipt: it is said */
static void release_nothing(struct collection *collection,
			    struct collect_copy *copy)
{
	const struct area_slot *slot = copy->slot;
	enum collect_result result = COLLECT_NOTHING;
	char text[DUMPFLT_RECEIPT_TEXT + 1];

	/* for who has nobody at the console, it is a crash without a dump */
	collection->incomplete += !!collection->config;
	text_clean(slot->receipt->text, sizeof(slot->receipt->text), text);
	report_warning("slot %u of '%s' is %s, and nothing is in it: %s",
		       slot->number, collection->path,
		       dumpflt_slot_word(slot->state), text);
	if (collect_release(copy)) {
		collection->failed = true;
		result = COLLECT_FAILED;
	} else {
		collection->done.gone++;
		if (!collection->json)
			report_success("slot %u: nothing in it; released\n", slot->number);
	}
	add_json(collection, copy, result);
}

/*
 * A crash of which nothing came, which was said when the area was opened, or a rehearsal
 * that was killed. What the slot held before is looked at as ever.
 */
static void look_at_unbegun(struct collection *collection, const struct area_slot *slot)
{
	bool released = collection->release && !collect_forget_unbegun(&collection->open);
	bool rehearsed = collection->config &&
		rehearsing_left(collection->open.area.header->fixed.uuid,
				le64_to_cpu(slot->unbegun->number),
				collection->crashed || !collection->announced);
	struct json_object *object = json_object_new_object();
	struct dump_id dump;

	dump_id_of_slot(&dump, &collection->open.area, slot->number, slot->unbegun);
	collection->nr++;
	collection->incomplete += (collection->config || !collection->release) && !rehearsed;
	collection->done.gone += released && !rehearsed;
	if (collection->release && !released)
		collection->failed = true;
	if (!collection->json)
		report_success("slot %u: nothing in it%s%s\n", slot->number,
			       rehearsed ? ", of a rehearsal that was cut short" : "",
			       released ? "; released" : "");
	json_add_number(object, "slot", slot->number);
	json_add_text(object, "state", dumpflt_slot_word(DUMPFLT_SLOT_STARTED));
	json_add_text(object, "result", words[COLLECT_NOTHING]);
	json_add_flag(object, "released", released);
	if (rehearsed)
		json_add_flag(object, "rehearsal", true);
	json_add_dump(object, &dump);
	json_object_array_add(collection->array, object);
}

static void collect_one(struct collection *collection, struct collect_copy *copy)
{
	enum collect_result result;
	bool damaged = false;

	copy->damaged = &damaged;
	result = get_copy(collection, copy);
	if (result == COLLECT_COPIED)
		collection->done.collected++;
	if (result == COLLECT_FAILED) {
		collection->spoilt |= damaged;
		collection->failed |= !damaged;
	}
	if (damaged && collection->salvage) {
		collection->later[copy->slot->number] = true;
		return;
	}
	add_json(collection, copy, result);
	if (result != COLLECT_FAILED && !collection->json) {
		report_success("slot %u: %s %s, %llu bytes%s\n", copy->slot->number,
			       result == COLLECT_COPIED ? "collected to" :
							  "was collected before, to",
			       copy->data, copy->size,
			       collection->release ? "; released" : "");
	}
}

/* Returns: NULL without memory, which is reported */
static struct collect_copy *begin_copy(struct collection *collection, const struct area_slot *slot)
{
	struct collect_copy *copy = calloc(1, sizeof(*copy));

	if (!copy) {
		report_error("collecting", collection->path, ENOMEM);
		collection->failed = true;
		return NULL;
	}
	copy->open = &collection->open;
	copy->slot = slot;
	copy->folder = &collection->folder;
	return copy;
}

/**
 * collect_look_at() - keep what is in a slot, as far as that is wanted
 * @collection: under way
 * @number: of the slot
 *
 * What goes wrong is reported, and in @collection; parts are for collect_parts().
 */
void collect_look_at(struct collection *collection, __u32 number)
{
	struct collect_copy *copy;
	struct area_slot slot;

	if (area_slot_load(&collection->open.area, number, &slot))
		return;
	if (slot.unbegun)
		look_at_unbegun(collection, &slot);
	copy = begin_copy(collection, &slot);
	if (copy && slot.state != DUMPFLT_SLOT_EMPTY &&
	    (slot.state != DUMPFLT_SLOT_COLLECTED || collection->all)) {
		collection->nr++;
		if (area_slot_is_complete(&slot))
			collect_one(collection, copy);
		else if (collection->release && area_slot_nothing(&slot))
			release_nothing(collection, copy);
		else
			refuse_slot(collection, copy);
	}
	free(copy);
	area_slot_unload(&slot);
}

/**
 * collect_parts() - salvage what is not whole, behind all that is
 * @collection: each slot was looked at
 *
 * Needs signals_catch().
 */
void collect_parts(struct collection *collection)
{
	struct collect_copy *copy;
	struct area_slot slot;
	__u32 i;

	for (i = 0; i < collection->open.area.geo.nr_slots && !signals_stop(); i++) {
		if (!collection->later[i] || area_slot_load(&collection->open.area, i, &slot))
			continue;
		copy = begin_copy(collection, &slot);
		if (copy)
			salvage_slot(collection, copy);
		free(copy);
		area_slot_unload(&slot);
	}
}
