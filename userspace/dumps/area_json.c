// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump area as JSON: everything that headers and receipts say.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "lib/json.h"
#include "dumps/area_json.h"
#include "dumps/fingerprint.h"
#include "lib/text.h"

static const char * const phase_words[DUMPFLT_NR_PHASES] = {
	[DUMPFLT_PHASE_START]	= "start",
	[DUMPFLT_PHASE_WRITE]	= "write",
	[DUMPFLT_PHASE_CLOSE]	= "close",
	[DUMPFLT_PHASE_FINISH]	= "finish",
	[DUMPFLT_PHASE_RECORDS]	= "records",
	[DUMPFLT_PHASE_FLUSH]	= "flush",
	[DUMPFLT_PHASE_DIGEST]	= "digest",
};

/* Text from a disk, which need not have a NUL */
static void add_disk_text(struct json_object *object, const char *key,
			  const void *text, size_t size)
{
	char clean[DUMPFLT_OPTIONS_MAX];

	text_clean(text, size < sizeof(clean) ? size : sizeof(clean) - 1, clean);
	json_add_text(object, key, clean);
}

static void add_time(struct json_object *object, const char *key, __u64 seconds)
{
	char text[TEXT_TIME_MAX];

	text_time(seconds, text);
	json_add_text(object, key, text);
}

/* Text in most cases, and as it is on the disk in all */
static void add_result(struct json_object *object, const struct dumpflt_disk_result *result)
{
	size_t len = le16_to_cpu(result->len);

	if (!len)
		return;
	add_disk_text(object, "result", result->data, len);
	json_add_hex(object, "result_hex", result->data, len);
}

static struct json_object *filter_json(const struct dumpflt_disk_filter *filter,
				       const struct dumpflt_disk_result *result)
{
	struct json_object *object = json_object_new_object();
	__u32 flags = le32_to_cpu(filter->flags);

	add_disk_text(object, "name", filter->name, sizeof(filter->name));
	json_add_number(object, "number", le16_to_cpu(filter->number));
	json_add_flag(object, "changes_data", flags & DUMPFLT_DISK_FILTER_F_CHANGES);
	json_add_flag(object, "critical", flags & DUMPFLT_DISK_FILTER_F_CRITICAL);
	json_add_flag(object, "left_out", flags & DUMPFLT_DISK_FILTER_F_LEFT_OUT);
	json_add_number(object, "start_errno", le32_to_cpu(filter->start_err));
	json_add_number(object, "finish_errno", le32_to_cpu(filter->finish_err));
	json_add_number(object, "writes", le64_to_cpu(filter->writes));
	json_add_number(object, "bytes", le64_to_cpu(filter->bytes));
	json_add_number(object, "errors", le64_to_cpu(filter->errors));
	json_add_number(object, "ns", le64_to_cpu(filter->ns));
	json_add_number(object, "stored_bytes", le32_to_cpu(filter->fmeta_len));
	json_add_number(object, "chunk_meta", le16_to_cpu(filter->chunk_meta));
	json_add_hex(object, "meta_digest", filter->meta_digest,
		     sizeof(filter->meta_digest));
	add_result(object, result);
	return object;
}

/* How a complete dump became durable, in a word */
const char *receipt_durability(const struct dumpflt_disk_receipt *receipt)
{
	switch (le32_to_cpu(receipt->durability)) {
	case DUMPFLT_DURABLE_FLUSH:
		return DUMPFLT_DURABLE_WORD_FLUSH;
	case DUMPFLT_DURABLE_WRITE_THROUGH:
		return DUMPFLT_DURABLE_WORD_WRITE_THROUGH;
	default:
		return "unknown";
	}
}

struct json_object *
receipt_json(const struct dumpflt_disk_receipt *receipt)
{
	struct json_object *object = json_object_new_object();
	struct json_object *phases = json_object_new_object();
	struct json_object *filters = json_object_new_array();
	__u32 i;

	json_add_text(object, "state", dumpflt_slot_word(le32_to_cpu(receipt->state)));
	add_time(object, "ended", le64_to_cpu(receipt->ended));
	json_add_number(object, "dump_size", le64_to_cpu(receipt->dump_size));
	json_add_number(object, "chunks", le64_to_cpu(receipt->chunks));
	json_add_number(object, "written", le64_to_cpu(receipt->written));
	json_add_number(object, "errno", le32_to_cpu(receipt->err));
	json_add_number(object, "flush_errno", le32_to_cpu(receipt->flush_err));
	json_add_text(object, "durability", receipt_durability(receipt));
	add_disk_text(object, "error", receipt->text, sizeof(receipt->text));
	json_add_hex(object, "digest", receipt->digest, sizeof(receipt->digest));
	json_add_number(object, "mac_filter", le32_to_cpu(receipt->mac_filter));
	json_add_hex(object, "mac", receipt->mac, sizeof(receipt->mac));
	for (i = 0; i < DUMPFLT_NR_PHASES; i++)
		json_add_number(phases, phase_words[i],
				le32_to_cpu(receipt->phase_ms[i]));
	json_object_object_add(object, "ms", phases);
	for (i = 0; i < le32_to_cpu(receipt->nr_filters); i++)
		json_object_array_add(filters, filter_json(&receipt->filters[i],
							   &receipt->results[i]));
	json_object_object_add(object, "filters", filters);
	return object;
}

/* @entry: of the header, for this slot */
void dump_id_of_slot(struct dump_id *dump, const struct area *area, __u32 slot,
		     const struct dumpflt_disk_slot *entry)
{
	dump->known = true;
	dump->slot = slot;
	dump->number = le64_to_cpu(entry->number);
	memcpy(dump->uuid, area->header->fixed.uuid, sizeof(dump->uuid));
	memcpy(dump->session, entry->session, sizeof(dump->session));
}

void dump_id_of_receipt(struct dump_id *dump, const struct dumpflt_disk_receipt *receipt)
{
	dump->known = true;
	dump->slot = le32_to_cpu(receipt->slot);
	dump->number = le64_to_cpu(receipt->number);
	memcpy(dump->uuid, receipt->uuid, sizeof(dump->uuid));
	memcpy(dump->session, receipt->session, sizeof(dump->session));
}

/* The same keys in each object that is about a dump; none if it is not known which one */
void json_add_dump(struct json_object *object, const struct dump_id *dump)
{
	if (!dump->known)
		return;
	json_add_hex(object, "uuid", dump->uuid, sizeof(dump->uuid));
	json_add_number(object, "slot", dump->slot);
	json_add_number(object, "number", dump->number);
	json_add_hex(object, "session", dump->session, sizeof(dump->session));
}

/* A dump that was begun in the slot, and of which nothing is there */
void json_add_unbegun(struct json_object *object, const struct area_slot *slot)
{
	const struct dumpflt_disk_slot *entry = slot->unbegun;
	struct json_object *unbegun;

	if (!entry)
		return;
	unbegun = json_object_new_object();
	json_add_number(unbegun, "number", le64_to_cpu(entry->number));
	json_add_hex(unbegun, "session", entry->session, sizeof(entry->session));
	add_time(unbegun, "started", le64_to_cpu(entry->started));
	json_object_object_add(object, "unbegun", unbegun);
}

static struct json_object *slot_json(const struct area_slot *slot)
{
	struct json_object *object = json_object_new_object();

	json_add_number(object, "slot", slot->number);
	json_add_text(object, "state", dumpflt_slot_word(slot->state));
	json_add_unbegun(object, slot);
	if (slot->state == DUMPFLT_SLOT_EMPTY)
		return object;
	json_add_number(object, "number", le64_to_cpu(slot->entry->number));
	json_add_hex(object, "session", slot->entry->session,
		     sizeof(slot->entry->session));
	add_time(object, "started", le64_to_cpu(slot->entry->started));
	json_add_text(object, "filter_metadata_wrong", slot->fmeta_wrong);
	json_add_text(object, "receipt_a_wrong", slot->receipt_wrong[0]);
	json_add_text(object, "receipt_b_wrong", slot->receipt_wrong[1]);
	json_add_flag(object, "receipts_contradict", slot->contradiction);
	if (slot->receipt)
		json_object_object_add(object, "receipt",
				       receipt_json(slot->receipt));
	return object;
}

static struct json_object *options_json(const struct dumpflt_disk_policy *policy)
{
	const char *text = dumpflt_policy_options(policy);
	struct json_object *array = json_object_new_array();
	char line[DUMPFLT_OPTIONS_MAX];
	size_t at = 0;

	while (text_line(text, le32_to_cpu(policy->options_len), &at, line))
		json_object_array_add(array, json_object_new_string(line));
	return array;
}

static struct json_object *policy_json(const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_policy *policy = NULL;
	struct json_object *array = json_object_new_array();

	while ((policy = dumpflt_policy_next(header, policy))) {
		struct json_object *object = json_object_new_object();
		__u16 flags = le16_to_cpu(policy->flags);

		add_disk_text(object, "name", policy->name, sizeof(policy->name));
		json_add_number(object, "number", le16_to_cpu(policy->number));
		json_add_flag(object, "critical", flags & DUMPFLT_POLICY_F_CRITICAL);
		json_add_flag(object, "start_optional", flags & DUMPFLT_POLICY_F_START_OPTIONAL);
		json_object_object_add(object, "options", options_json(policy));
		json_object_array_add(array, object);
	}
	return array;
}

/**
 * area_json() - all that headers and receipts say
 * @open: loaded; all its receipts are read for this
 *
 * Return: an object, to be put by the caller
 */
struct json_object *area_json(const struct open_area *open)
{
	const struct dumpflt_disk_header *header = open->area.header;
	const struct dumpflt_geometry *geo = &open->area.geo;
	struct json_object *object = json_object_new_object();
	struct json_object *slots = json_object_new_array();
	char fingerprint[FINGERPRINT_MAX];
	struct area_slot slot;
	__u32 i;

	json_add_hex(object, "uuid", header->fixed.uuid, sizeof(header->fixed.uuid));
	if (dumpflt_header_hibernates(header) && !fingerprint_of(header, fingerprint))
		json_add_text(object, "fingerprint", fingerprint);
	json_add_number(object, "area_size", geo->area_size);
	add_time(object, "created", le64_to_cpu(header->fixed.created));
	json_add_number(object, "dump_size_max",
			(__u64)(geo->slot_chunks - 1) * DUMPFLT_CHUNK_SIZE);
	json_add_number(object, "record_size", geo->record_size);
	json_add_flag(object, "overwrite",
		      le32_to_cpu(header->fixed.flags) & DUMPFLT_AREA_F_OVERWRITE);
	json_add_text(object, "type", dumpflt_header_hibernates(header) ?
				      DUMPFLT_TYPE_WORD_HIBERNATION : DUMPFLT_TYPE_WORD_CRASH);
	json_add_text(object, "header_a_wrong", open->area.wrong[0]);
	json_add_text(object, "header_b_wrong", open->area.wrong[1]);
	json_object_object_add(object, "policy", policy_json(header));
	for (i = 0; i < geo->nr_slots; i++) {
		if (area_slot_load(&open->area, i, &slot))
			break;
		json_object_array_add(slots, slot_json(&slot));
		area_slot_unload(&slot);
	}
	json_object_object_add(object, "slots", slots);
	return object;
}
