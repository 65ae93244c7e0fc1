// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Headers and slots of a dump area, found and checked.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "area/area.h"
#include "area/filters.h"

static const char cannot_read[] = "it cannot be read";

/* One that was hit in its first bytes has most of them yet */
static bool was_header(const struct dumpflt_disk_header *header)
{
	size_t i, same = 0;

	/* it ends a dump that age has opened, and has half of its bytes in common */
	if (!memcmp(header->fixed.magic, DUMPFLT_MAGIC_TRAILER, DUMPFLT_MAGIC_SIZE))
		return false;
	for (i = 0; i < DUMPFLT_MAGIC_SIZE; i++)
		same += header->fixed.magic[i] == (__u8)DUMPFLT_MAGIC_HEADER[i];
	return same > DUMPFLT_MAGIC_SIZE / 2;
}

/* Is it as somebody has written it, of whatever area or version? */
bool area_header_is_sealed(const struct dumpflt_disk_header *header)
{
	return !memcmp(header->fixed.magic, DUMPFLT_MAGIC_HEADER, DUMPFLT_MAGIC_SIZE) &&
	       le32_to_cpu(header->crc) ==
	       dumpflt_format_crc(0, header, offsetof(struct dumpflt_disk_header, crc));
}

/* A header, NULL and *@wrong if it is no good; *@there: one was meant to be */
static struct dumpflt_disk_header *load_header(struct area_io *io, __u64 offset,
					       struct dumpflt_geometry *geo,
					       const char **wrong, bool *there)
{
	struct dumpflt_disk_header *header = malloc(sizeof(*header));

	*wrong = "out of memory";
	if (!header)
		return NULL;
	*wrong = cannot_read;
	if (!io->read(io->ctx, header, sizeof(*header), offset)) {
		*wrong = dumpflt_header_check(header, io->size, geo);
		if (was_header(header))
			*there = true;
	}
	/* a valid one that was copied from elsewhere is not one of this area */
	if (!*wrong && offset != dumpflt_geometry_header(geo, 0) &&
	    offset != dumpflt_geometry_header(geo, 1))
		*wrong = "it is not in its place";
	if (!*wrong)
		return header;
	free(header);
	return NULL;
}

/* Why neither of two areas is used, and what to do */
static const char * const hidden[] = {
	"another dump area ends where the device ends: which of them is meant?",
	"zeros over the last 64 KiB of the device remove that one, over the first 64 KiB the one in front",
};

static const char * const unread_end[] = {
	"the last 64 KiB of the device cannot be read: another dump area may end there",
	"zeros over them say that none does",
};

/* An area that ends before the device does may have been put in front of another */
static const char * const *hides_another(struct area_io *io, __u64 offset_b)
{
	__u64 offset = dumpflt_geometry_header_b(io->size);
	const char * const *why = unread_end;
	struct dumpflt_disk_header *end;

	if (offset == offset_b)
		return NULL;
	end = malloc(sizeof(*end));
	/* without memory nobody knows either */
	if (end && !io->read(io->ctx, end, sizeof(*end), offset))
		why = dumpflt_header_is_other(end) ? hidden : NULL;
	free(end);
	return why;
}

static bool is_unbegun(const struct area *area, __u32 slot)
{
	char block[DUMPFLT_AREA_BLOCK] __attribute__((aligned(8)));

	return !area->io->read(area->io->ctx, block, sizeof(block),
			       dumpflt_geometry_fmeta(&area->geo, slot)) &&
	       dumpflt_slot_unbegun(area->header, area->older, slot, block);
}

/*
 * A dump that got no further than the header leaves the slot as it was. So it is taken, as
 * the kernel takes it, before anybody looks at it; and whoever then writes the header
 * writes it so, over the only other one that knows.
 */
static void take_back(struct area *area)
{
	struct dumpflt_disk_slot entry;
	__u32 i;

	for (i = 0; area->older && i < area->geo.nr_slots; i++) {
		if (!is_unbegun(area, i))
			continue;
		area->unbegun[i] = true;
		entry = area->header->slots[i];
		area->header->slots[i] = area->older->slots[i];
		area->older->slots[i] = entry;
	}
}

/**
 * area_load() - find the dump area, and the header that counts
 * @area: filled, also if this fails: wrong[] says why
 * @io: open
 *
 * Return: 0; -ENOENT: there is no dump area; -EBADMSG: there is one, but it
 * has no valid header
 */
int area_load(struct area *area, struct area_io *io)
{
	struct dumpflt_disk_header *headers[2];
	const char *wrong = NULL, * const *why;
	struct dumpflt_geometry geo[2];
	bool there = false;
	__u64 offset_b;
	int copy = -1;

	memset(area, 0, sizeof(*area));
	area->io = io;
	headers[0] = load_header(io, 0, &geo[0], &area->wrong[0], &there);
	offset_b = headers[0] ? dumpflt_geometry_header(&geo[0], 1) :
				dumpflt_geometry_header_b(io->size);
	headers[1] = load_header(io, offset_b, &geo[1], &area->wrong[1], &there);

	if (headers[0] && headers[1])
		copy = dumpflt_header_newer(headers[0], headers[1], &wrong);
	else if (headers[0] || headers[1])
		copy = headers[0] ? 0 : 1;
	if (wrong) {
		area->wrong[0] = wrong;
		area->wrong[1] = wrong;
	}
	why = headers[0] ? hides_another(io, offset_b) : NULL;
	if (why) {
		area->wrong[0] = why[0];
		area->wrong[1] = why[1];
		copy = -1;
	}
	if (copy < 0) {
		free(headers[0]);
		free(headers[1]);
		return there ? -EBADMSG : -ENOENT;
	}
	area->copy = (unsigned int)copy;
	area->geo = geo[copy];
	area->header = headers[copy];
	area->older = headers[!copy];
	take_back(area);
	return 0;
}

void area_unload(struct area *area)
{
	free(area->header);
	free(area->older);
	area->header = NULL;
	area->older = NULL;
}

/* Returns: the number of the dump that was begun last, collected or not; 0 if none was */
__u64 area_newest(const struct area *area)
{
	const struct dumpflt_disk_slot *slots = area->header->slots;
	__u64 newest = 0;
	__u32 i;

	for (i = 0; i < area->geo.nr_slots; i++)
		if (le64_to_cpu(slots[i].number) > newest)
			newest = le64_to_cpu(slots[i].number);
	return newest;
}

static void load_fmeta(const struct area *area, struct area_slot *slot)
{
	__u64 offset = dumpflt_geometry_fmeta(&area->geo, slot->number);
	void *region = malloc(DUMPFLT_AREA_UNIT);

	slot->fmeta_wrong = cannot_read;
	if (region && !area->io->read(area->io->ctx, region, DUMPFLT_AREA_UNIT,
				      offset))
		slot->fmeta_wrong = dumpflt_fmeta_check(region, slot->entry,
							area->geo.record_size);
	if (!slot->fmeta_wrong)
		slot->fmeta = region;
	else
		free(region);
}

/*
 * Zeros are what a session begins with, and what another one left is whole. The rest was
 * a receipt once.
 */
static bool is_damaged(const struct dumpflt_disk_receipt *receipt)
{
	return !dumpflt_format_zero(receipt, sizeof(*receipt)) &&
	       (memcmp(receipt->magic, DUMPFLT_MAGIC_RECEIPT, DUMPFLT_MAGIC_SIZE) ||
		le32_to_cpu(receipt->crc) !=
		dumpflt_format_crc(0, receipt, offsetof(struct dumpflt_disk_receipt, crc)));
}

static struct dumpflt_disk_receipt *load_receipt(const struct area *area,
						 struct area_slot *slot,
						 unsigned int copy)
{
	__u64 offset = dumpflt_geometry_receipt(&area->geo, slot->number, copy);
	struct dumpflt_disk_receipt *receipt = malloc(sizeof(*receipt));
	const char *wrong = cannot_read;

	if (receipt && !area->io->read(area->io->ctx, receipt, sizeof(*receipt),
				       offset))
		wrong = dumpflt_receipt_check(receipt, area->header,
					      slot->number);
	slot->receipt_wrong[copy] = wrong;
	slot->receipt_damaged[copy] = wrong == cannot_read ||
				      (wrong && is_damaged(receipt));
	if (!wrong)
		return receipt;
	free(receipt);
	return NULL;
}

/* Either copy will do; if they differ, the one that is less sure of itself */
static void load_receipts(const struct area *area, struct area_slot *slot)
{
	struct dumpflt_disk_receipt *a = load_receipt(area, slot, 0);
	struct dumpflt_disk_receipt *b = load_receipt(area, slot, 1);
	struct dumpflt_disk_receipt *other;

	slot->contradiction = a && b && memcmp(a, b, sizeof(*a));
	slot->receipt = a ? a : b;
	if (a && b && le32_to_cpu(a->state) == DUMPFLT_SLOT_COMPLETE)
		slot->receipt = b;
	other = slot->receipt == a ? b : a;
	if (slot->contradiction)
		slot->contrary = other;
	else
		free(other);
}

/**
 * area_slot_load() - read what is known of a slot
 * @area: loaded
 * @number: less than the number of slots
 * @slot: filled
 *
 * A slot that is damaged is no error, but is described.
 *
 * Return: 0, or -ERANGE if there is no such slot
 */
int area_slot_load(const struct area *area, __u32 number,
		   struct area_slot *slot)
{
	memset(slot, 0, sizeof(*slot));
	if (number >= area->geo.nr_slots)
		return -ERANGE;
	slot->number = number;
	slot->entry = &area->header->slots[number];
	slot->unbegun = area->unbegun[number] ? &area->older->slots[number] : NULL;
	slot->image = dumpflt_header_hibernates(area->header);
	if (le32_to_cpu(slot->entry->state) != DUMPFLT_SLOT_EMPTY) {
		load_fmeta(area, slot);
		load_receipts(area, slot);
	}
	slot->state = dumpflt_slot_state(slot->entry, slot->receipt);
	/* COMPLETE twice, and not the same: nobody knows which of them the session wrote */
	if (slot->contradiction && slot->state == DUMPFLT_SLOT_COMPLETE)
		slot->state = DUMPFLT_SLOT_STARTED;
	return 0;
}

/**
 * area_slot_receipt() - the receipt that may be believed
 * @slot: loaded
 *
 * Return: NULL if there is none, or if two contradict each other
 */
const struct dumpflt_disk_receipt *area_slot_receipt(const struct area_slot *slot)
{
	return slot->contradiction ? NULL : slot->receipt;
}

/* Says its receipt that the dump is whole, released or not? */
bool area_slot_is_complete(const struct area_slot *slot)
{
	const struct dumpflt_disk_receipt *receipt = area_slot_receipt(slot);

	return receipt && le32_to_cpu(receipt->state) == DUMPFLT_SLOT_COMPLETE;
}

void area_slot_unload(struct area_slot *slot)
{
	free(slot->fmeta);
	free(slot->receipt);
	free(slot->contrary);
	slot->fmeta = NULL;
	slot->receipt = NULL;
	slot->contrary = NULL;
}

/**
 * area_slot_changed_by() - does a filter stand between the disk and the dump?
 * @slot: loaded
 *
 * Return: the last filter that changed the data, or NULL; NULL too if the
 * filter metadata is no good
 */
const struct dumpflt_disk_fmeta *area_slot_changed_by(const struct area_slot *slot)
{
	const struct dumpflt_disk_fmeta *filter = NULL, *last = NULL;

	if (!slot->fmeta)
		return NULL;
	while ((filter = dumpflt_fmeta_next(slot->fmeta, filter)))
		if (area_filter_changes(filter))
			last = filter;
	return last;
}

/**
 * area_slot_changers() - all filters that stand between the disk and the dump
 * @slot: loaded
 * @before: only those in front of this one; NULL for all
 * @changers: filled; none if the filter metadata is no good
 *
 * One that always changes the data has done so, whatever is said of it.
 */
void area_slot_changers(const struct area_slot *slot,
			const struct dumpflt_disk_fmeta *before,
			struct area_changers *changers)
{
	const struct dumpflt_disk_fmeta *filter = NULL;
	char names[sizeof(changers->words) - 16] = "";
	size_t used = 0;

	memset(changers, 0, sizeof(*changers));
	if (!slot->fmeta)
		return;
	while ((filter = dumpflt_fmeta_next(slot->fmeta, filter)) && filter != before) {
		if (!area_filter_changes(filter) && !area_filter_denies(filter))
			continue;
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s'%.*s'",
					 changers->nr++ ? ", " : "",
					 (int)sizeof(filter->name), filter->name);
	}
	snprintf(changers->words, sizeof(changers->words), "filter%s %s %s",
		 changers->nr > 1 ? "s" : "", names, changers->nr > 1 ? "have" : "has");
}

/**
 * area_slot_meta_at() - where a filter's metadata is in every chunk record
 * @slot: loaded, with filter metadata
 * @filter: one of the filters in it
 *
 * Return: bytes from the start of the record
 */
size_t area_slot_meta_at(const struct area_slot *slot,
			 const struct dumpflt_disk_fmeta *filter)
{
	const struct dumpflt_disk_fmeta *before = NULL;
	size_t at = sizeof(struct dumpflt_disk_record);

	while ((before = dumpflt_fmeta_next(slot->fmeta, before)) != filter)
		at += le16_to_cpu(before->chunk_meta);
	return at;
}

/**
 * area_slot_receipts_damaged() - were there receipts, and none can be used?
 * @slot: loaded
 *
 * Return: true if so: what became of the dump is not known any more
 */
bool area_slot_receipts_damaged(const struct area_slot *slot)
{
	return !slot->receipt && slot->receipt_damaged[0] && slot->receipt_damaged[1];
}

/**
 * area_slot_nothing() - is it known that nothing is in it?
 * @slot: loaded
 *
 * Return: true if so: it needs no copy, and may be let go of
 */
bool area_slot_nothing(const struct area_slot *slot)
{
	unsigned int copy;

	/* one that cannot be read might say otherwise */
	for (copy = 0; copy < 2; copy++)
		if (slot->receipt_wrong[copy] == cannot_read)
			return false;
	return dumpflt_slot_nothing(slot->entry, slot->receipt, slot->contrary);
}

/**
 * area_slot_has_other() - does it hold the beginning of a dump that the header does not name?
 * @area: loaded
 * @number: less than the number of slots
 *
 * Of every dump the filter metadata is durable before anything else of it.
 *
 * Return: true if so, be it that it is older than the area, or than a dump that the header
 * names and that got no further: nothing tells it from a newer one
 */
bool area_slot_has_other(const struct area *area, __u32 number)
{
	const struct dumpflt_disk_slot *entry = &area->header->slots[number];
	struct dumpflt_disk_fmeta_head head;

	return !area->io->read(area->io->ctx, &head, sizeof(head),
			       dumpflt_geometry_fmeta(&area->geo, number)) &&
	       !memcmp(head.magic, DUMPFLT_MAGIC_FMETA, DUMPFLT_MAGIC_SIZE) &&
	       le32_to_cpu(head.crc) ==
	       dumpflt_format_crc(0, &head, offsetof(struct dumpflt_disk_fmeta_head, crc)) &&
	       memcmp(head.session, entry->session, sizeof(head.session));
}

/**
 * area_free_slots() - in memory, let go of slots with nothing in them
 * @area: loaded
 *
 * As the kernel does before it chooses a slot.
 */
void area_free_slots(struct area *area)
{
	struct area_slot slot;
	__u32 i;

	for (i = 0; i < area->geo.nr_slots; i++) {
		if (area_slot_load(area, i, &slot))
			continue;
		if (area_slot_nothing(&slot))
			dumpflt_slot_free(area->header, i);
		area_slot_unload(&slot);
	}
}
