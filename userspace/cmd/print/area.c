// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump area: what is there, and what to do about it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "dumps/area_json.h"
#include "dumps/fingerprint.h"
#include "cmd/print/print.h"
#include "lib/json.h"
#include "lib/text.h"

#define MIB	(1024.0 * 1024.0)

static const char damaged[] =
	"both copies of its receipt are damaged; try 'dumpflt extract --salvage'";

static const char contradicted[] =
	"its two receipts contradict each other; try 'dumpflt extract --salvage'";

static const char ready[] =
	"an image to resume, once; 'dumpflt verify' checks it, 'dumpflt release' throws it away";

static const char *meaning_image(const struct area_slot *slot)
{
	switch (slot->state) {
	case DUMPFLT_SLOT_EMPTY:
		return "no image";
	case DUMPFLT_SLOT_STARTED:
		return "being written, or torn: it is not resumed";
	case DUMPFLT_SLOT_COMPLETE:
		return ready;
	case DUMPFLT_SLOT_COLLECTED:
		return "resumed, or thrown away: it is not resumed any more";
	default:
		return "not whole: it is not resumed";
	}
}

static const char *meaning(const struct area_slot *slot)
{
	if (slot->image)
		return meaning_image(slot);
	if (area_slot_nothing(slot))
		return "nothing of it is there: the next dump takes the slot";
	switch (slot->state) {
	case DUMPFLT_SLOT_EMPTY:
		return "free";
	case DUMPFLT_SLOT_STARTED:
		if (area_slot_receipts_damaged(slot))
			return damaged;
		if (slot->contradiction)
			return contradicted;
		return "being written, or torn; if nobody writes, try 'dumpflt extract --salvage'";
	case DUMPFLT_SLOT_COMPLETE:
		return "durable when the receipt was written; 'dumpflt verify' checks it";
	case DUMPFLT_SLOT_FAILED:
		return "not whole; try 'dumpflt extract --salvage'";
	case DUMPFLT_SLOT_INTERRUPTED:
		return "ended by a reboot, or with its stack; try 'dumpflt extract --salvage'";
	case DUMPFLT_SLOT_COLLECTED:
		return "released: the next dump may overwrite it";
	default:
		return "";
	}
}

static void print_policy(const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_policy *policy = NULL;
	char options[DUMPFLT_OPTIONS_MAX];
	const char *text;
	__u16 flags;
	size_t at;

	if (!header->fixed.policy_len)
		puts("policy      any filters, or none");
	while ((policy = dumpflt_policy_next(header, policy))) {
		flags = le16_to_cpu(policy->flags);
		printf("policy      %02u-%s%s%s\n", le16_to_cpu(policy->number),
		       policy->name,
		       flags & DUMPFLT_POLICY_F_CRITICAL ? ", critical" : "",
		       flags & DUMPFLT_POLICY_F_START_OPTIONAL ?
		       ", start optional" : "");
		text = dumpflt_policy_options(policy);
		for (at = 0; text_line(text, le32_to_cpu(policy->options_len),
				       &at, options);)
			printf("  option    %s\n", options);
	}
}

static const char by_word[] =
	"by its driver's word that it has no cache (write through): no flush reached it";
static const char by_either[] =
	"by a flush or by its driver's word: an older version wrote it, and did not say";

/* What it rests on that a complete dump was on stable storage */
const char *durability_words(const struct dumpflt_disk_receipt *receipt)
{
	switch (le32_to_cpu(receipt->durability)) {
	case DUMPFLT_DURABLE_FLUSH:
		return "by a flush, which reached the target";
	case DUMPFLT_DURABLE_WRITE_THROUGH:
		return by_word;
	default:
		return by_either;
	}
}

void print_receipt(const struct dumpflt_disk_receipt *receipt)
{
	char text[DUMPFLT_RECEIPT_TEXT + 1], ended[TEXT_TIME_MAX];
	__u32 i;

	text_time(le64_to_cpu(receipt->ended), ended);
	printf("  ended     %s\n", ended);
	printf("  dump      %llu bytes, %llu chunks\n",
	       le64_to_cpu(receipt->dump_size), le64_to_cpu(receipt->chunks));
	if (le32_to_cpu(receipt->state) == DUMPFLT_SLOT_COMPLETE)
		printf("  durable   %s\n", durability_words(receipt));
	text_clean(receipt->text, sizeof(receipt->text), text);
	if (text[0])
		printf("  error     %s\n", text);
	for (i = 0; i < le32_to_cpu(receipt->nr_filters); i++) {
		const struct dumpflt_disk_filter *filter = &receipt->filters[i];
		__u32 flags = le32_to_cpu(filter->flags);

		printf("  filter    %02u-%s: %llu writes, %llu errors%s%s\n",
		       le16_to_cpu(filter->number), filter->name,
		       le64_to_cpu(filter->writes), le64_to_cpu(filter->errors),
		       flags & DUMPFLT_DISK_FILTER_F_CHANGES ?
		       ", changes the data" : "",
		       flags & DUMPFLT_DISK_FILTER_F_LEFT_OUT ? ", left out" : "");
		text_clean(receipt->results[i].data, le16_to_cpu(receipt->results[i].len),
			   text);
		if (text[0])
			printf("    result  %s\n", text);
	}
}

static void print_unbegun(const struct dumpflt_disk_slot *entry)
{
	char started[TEXT_TIME_MAX];

	text_time(le64_to_cpu(entry->started), started);
	printf("  unbegun   session %llu of %s: nothing of it is there\n",
	       le64_to_cpu(entry->number), started);
}

static void print_slot(const struct area_slot *slot)
{
	char session[2 * sizeof(slot->entry->session) + 1];
	char started[TEXT_TIME_MAX];
	size_t i;

	printf("slot %-6u %s: %s\n", slot->number,
	       dumpflt_slot_word(slot->state), meaning(slot));
	if (slot->unbegun)
		print_unbegun(slot->unbegun);
	if (slot->state == DUMPFLT_SLOT_EMPTY)
		return;
	printf("  session   %llu, ", le64_to_cpu(slot->entry->number));
	text_hex(slot->entry->session, sizeof(slot->entry->session), session);
	text_time(le64_to_cpu(slot->entry->started), started);
	printf("%s\n  started   %s\n", session, started);
	if (slot->fmeta_wrong)
		printf("  filters   their metadata cannot be used: %s\n",
		       slot->fmeta_wrong);
	if (slot->contradiction)
		puts("  receipts  A and B are valid, and contradict each other");
	for (i = 0; i < 2; i++)
		if (slot->receipt_wrong[i] &&
		    (slot->receipt || area_slot_receipts_damaged(slot)))
			printf("  receipt   %c cannot be used: %s\n", "AB"[i],
			       slot->receipt_wrong[i]);
	if (slot->receipt)
		print_receipt(slot->receipt);
}

static void print_room(const struct dumpflt_disk_header *header,
		       const struct dumpflt_geometry *geo)
{
	__u64 max = (__u64)(geo->slot_chunks - 1) * DUMPFLT_CHUNK_SIZE;

	if (dumpflt_header_hibernates(header)) {
		printf("type        " DUMPFLT_TYPE_WORD_HIBERNATION
		       ": one image of up to %llu bytes (%.1f MiB)\n", max, (double)max / MIB);
		return;
	}
	printf("slots       %u, each for a dump of up to %llu bytes (%.1f MiB)\n",
	       geo->nr_slots, max, (double)max / MIB);
	printf("when full   %s\n", le32_to_cpu(header->fixed.flags) &
	       DUMPFLT_AREA_F_OVERWRITE ? "overwrite the oldest dump" :
					  "keep the dumps, refuse a new one");
}

static void print_area_text(const struct open_area *open)
{
	const struct dumpflt_disk_header *header = open->area.header;
	const struct dumpflt_geometry *geo = &open->area.geo;
	char created[TEXT_TIME_MAX], id[2 * sizeof(header->fixed.uuid) + 1];
	char fingerprint[FINGERPRINT_MAX];
	struct area_slot slot;
	__u32 i;

	text_time(le64_to_cpu(header->fixed.created), created);
	printf("area        %s, %.1f MiB, made %s\n", open->path,
	       (double)geo->area_size / MIB, created);
	text_hex(header->fixed.uuid, sizeof(header->fixed.uuid), id);
	printf("id          %s\n", id);
	if (dumpflt_header_hibernates(header) && !fingerprint_of(header, fingerprint))
		printf("fingerprint %s\n", fingerprint);
	print_room(header, geo);
	print_policy(header);
	for (i = 0; i < geo->nr_slots; i++) {
		if (area_slot_load(&open->area, i, &slot))
			break;
		print_slot(&slot);
		area_slot_unload(&slot);
	}
}

/* @json: for machines */
void print_area(const struct open_area *open, bool json)
{
	if (json)
		json_print(area_json(open));
	else
		print_area_text(open);
}
