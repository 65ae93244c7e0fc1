// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was found out about a dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/text.h"
#include "age/slot.h"
#include "area/filters.h"
#include "cmd/print/print.h"
#include "dumps/area_json.h"

static struct json_object *changers_json(const struct area_slot *slot)
{
	struct json_object *array = json_object_new_array();
	const struct dumpflt_disk_fmeta *filter = NULL;

	while (slot->fmeta && (filter = dumpflt_fmeta_next(slot->fmeta, filter)))
		if (area_filter_changes(filter) || area_filter_denies(filter))
			json_object_array_add(array,
					      json_object_new_string((const char *)filter->name));
	return array;
}

static struct json_object *verdict_json(const struct area *area, const struct area_slot *slot,
					const struct area_verdict *verdict)
{
	struct json_object *object = json_object_new_object();
	struct dump_id dump;
	char problem[AREA_PROBLEM_MAX];

	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	json_add_number(object, "slot", slot->number);
	json_add_text(object, "state", dumpflt_slot_word(slot->state));
	json_add_text(object, "type", slot->image ? DUMPFLT_TYPE_WORD_HIBERNATION :
						    DUMPFLT_TYPE_WORD_CRASH);
	json_add_unbegun(object, slot);
	json_add_flag(object, "complete", verdict->complete);
	json_add_flag(object, "sealed", age_slot_is_sealed(slot));
	json_add_flag(object, "authentic", verdict->authentic);
	if (verdict->checked)
		json_add_text(object, "checked", verdict->checked);
	if (area_slot_changed_by(slot))
		json_object_object_add(object, "changed_by", changers_json(slot));
	if (verdict->size_known)
		json_add_number(object, "dump_size", verdict->dump_size);
	if (verdict->complete)
		json_add_text(object, "durability",
			      receipt_durability(slot->receipt));
	if (slot->receipt_wrong[0])
		json_add_text(object, "receipt_a_wrong", slot->receipt_wrong[0]);
	if (slot->receipt_wrong[1])
		json_add_text(object, "receipt_b_wrong", slot->receipt_wrong[1]);
	json_add_number(object, "good_bytes", verdict->good_bytes);
	json_add_number(object, "bad_chunks", verdict->bad_chunks);
	if (verdict->bad_more)
		json_add_flag(object, "bad_chunks_more", true);
	if (verdict->bad_chunks)
		json_add_number(object, "first_bad_chunk", verdict->first_bad);
	json_add_text(object, "problem", problem);
	if (slot->state != DUMPFLT_SLOT_EMPTY) {
		dump_id_of_slot(&dump, area, slot->number, slot->entry);
		json_add_dump(object, &dump);
	}
	return object;
}

/* One copy is enough; that the other one is lost should be known all the same */
static void print_receipts(const struct area_slot *slot)
{
	unsigned int copy;

	for (copy = 0; copy < 2; copy++)
		if (slot->receipt && slot->receipt_wrong[copy])
			printf("  receipt %c cannot be used: %s\n", "AB"[copy],
			       slot->receipt_wrong[copy]);
}

/* All of them: each one has to be undone */
static void print_changers(const struct area_slot *slot, const struct area_verdict *verdict)
{
	const struct dumpflt_disk_fmeta *last = area_slot_changed_by(slot);
	bool sealed = age_slot_is_sealed(slot);
	struct area_changers changers;

	area_slot_changers(slot, sealed ? last : NULL, &changers);
	if (sealed && !verdict->authentic)
		puts("  it is sealed: whether it is authentic tells --identity");
	if (sealed && changers.nr)
		printf("  %s changed the data before 'age' sealed it: what a key opens is what was made of the dump, not the dump\n",
		       changers.words);
	else if (!sealed && last)
		printf("  %s changed the data: what is on the disk is intact; its contents cannot be judged from here\n",
		       changers.words);
}

/* A key says more than either of these, and then nothing is left to say */
static void print_checked(const struct area_verdict *verdict)
{
	if (verdict->authentic || !verdict->checked)
		return;
	printf("  each chunk agrees with its %s: nothing is damaged\n",
	       strcmp(verdict->checked, "sha256") ? "CRC-32C" : "SHA-256");
}

static void print_verdict_text(const struct area_slot *slot,
			       const struct area_verdict *verdict)
{
	const struct dumpflt_disk_fmeta *filter = area_slot_changed_by(slot);
	char problem[AREA_PROBLEM_MAX];

	if (verdict->complete) {
		printf("slot %u: complete%s intact, %llu bytes\n", slot->number,
		       verdict->authentic ? ", authentic and" : " and",
		       verdict->dump_size);
		if (slot->image)
			puts("  it is a hibernation image");
		if (slot->state == DUMPFLT_SLOT_COLLECTED)
			puts("  it was released, the next dump may overwrite it");
		print_checked(verdict);
		print_receipts(slot);
		if (le32_to_cpu(slot->receipt->durability) == DUMPFLT_DURABLE_WRITE_THROUGH)
			printf("  it was durable %s\n", durability_words(slot->receipt));
		print_changers(slot, verdict);
		return;
	}
	text_clean(verdict->problem, sizeof(verdict->problem), problem);
	printf("slot %u: %s, not complete and intact: %s\n", slot->number,
	       dumpflt_slot_word(slot->state), problem);
	print_receipts(slot);
	if (verdict->bad_chunks > 1)
		printf("  %llu chunks%s are no good\n", verdict->bad_chunks,
		       verdict->bad_more ? " and perhaps more" : "");
	if (slot->image) {
		puts("  it is a hibernation image: nothing is made of one that is not whole");
		return;
	}
	if (verdict->good_bytes && age_slot_is_sealed(slot))
		printf("  the first %llu bytes are verified: 'dumpflt extract --salvage --identity KEY' gives them out, where the key is\n",
		       verdict->good_bytes);
	else if (verdict->good_bytes && !filter)
		printf("  the first %llu bytes are verified: 'dumpflt extract --salvage' gives them out\n",
		       verdict->good_bytes);
}

/* @array: of JSON, to be added to; NULL to print for people */
void print_verdict(const struct area *area, const struct area_slot *slot,
		   const struct area_verdict *verdict, struct json_object *array)
{
	if (array)
		json_object_array_add(array, verdict_json(area, slot, verdict));
	else
		print_verdict_text(slot, verdict);
}
