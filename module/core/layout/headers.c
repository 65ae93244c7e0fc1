// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finding the header of a dump area: two copies, any one of which may be lost.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/slab.h>

#include "layout/area.h"
#include "target/target.h"

/* One copy of the header; what is wrong with it, or NULL. Any one may be lost */
static const char *read_header(struct dumpflt_stack *stack, u64 offset,
			       struct dumpflt_disk_header *header,
			       struct dumpflt_geometry *geo, bool *there,
			       int *err)
{
	u64 size = stack->target.size;
	const char *wrong;

	if (offset > size || size - offset < sizeof(*header))
		return "there is no room for one";
	*err = dumpflt_target_read(stack, header, sizeof(*header), offset);
	if (*err)
		return "it cannot be read";
	if (!memcmp(header->fixed.magic, DUMPFLT_MAGIC_HEADER,
		    DUMPFLT_MAGIC_SIZE))
		*there = true;
	wrong = dumpflt_header_check(header, size, geo);
	/* a valid one that was copied from elsewhere is not one of this area */
	if (!wrong && offset != dumpflt_geometry_header(geo, 0) &&
	    offset != dumpflt_geometry_header(geo, 1))
		wrong = "it is not in its place";
	return wrong;
}

/* The target has not answered in time, and is not the stack's any more */
static bool is_lost(const struct dumpflt_stack *stack)
{
	return !stack->target.claim;
}

static const char hidden[] = {
	"another dump area ends where the target ends: zeros over its last 64 KiB remove that one, over its first 64 KiB the one in front"
};

static const char unread_end[] = {
	"it ends before the target does, whose last 64 KiB cannot be read: another dump area may end there; zeros over them say that none does"
};

/* An area that ends before the target does may have been put in front of another */
static const char *hides_another(struct dumpflt_stack *stack, u64 offset_b,
				 struct dumpflt_disk_header *end, int *err)
{
	u64 offset = dumpflt_geometry_header_b(stack->target.size);

	if (offset == offset_b)
		return NULL;
	*err = dumpflt_target_read(stack, end, sizeof(*end), offset);
	if (*err)
		return unread_end;
	return dumpflt_header_is_other(end) ? hidden : NULL;
}

/* Reads both copies; which one counts, -1 if none does */
static int read_headers(struct dumpflt_stack *stack,
			struct dumpflt_disk_header *headers[2],
			struct dumpflt_found *found, int *err)
{
	struct dumpflt_geometry geo_b;
	const char *wrong_b;
	u64 offset_b;
	int copy = -1;

	*err = 0;
	found->wrong = read_header(stack, 0, headers[0], &found->geo,
				   &found->there, err);
	/* no memory is no news of the target */
	if (is_lost(stack) || *err == -ENOMEM)
		return -1;
	found->unread_a = *err;
	found->foreign_a = found->wrong && !*err &&
			   dumpflt_header_is_foreign(headers[0]);
	*err = 0;
	offset_b = found->wrong ?
			   dumpflt_geometry_header_b(stack->target.size) :
			   dumpflt_geometry_header(&found->geo, 1);
	if (!found->wrong) {
		found->wrong = hides_another(stack, offset_b, headers[1], err);
		if (found->wrong)
			return -1;
	}
	wrong_b = read_header(stack, offset_b, headers[1], &geo_b,
			      &found->there, err);
	if (is_lost(stack) || *err == -ENOMEM)
		return -1;
	found->unread_b = *err;
	found->wrong_b = wrong_b;

	if (!found->wrong && !wrong_b) {
		copy = dumpflt_header_newer(headers[0], headers[1],
					    &found->wrong);
		if (copy >= 0)
			swap(found->older, headers[!copy]);
	} else if (!found->wrong) {
		copy = 0;
	} else if (!wrong_b) {
		copy = 1;
		found->geo = geo_b;
	}
	return copy;
}

/* Does either receipt say that nothing is in the slot, and neither anything else? */
static bool is_nothing(struct dumpflt_stack *stack,
		       const struct dumpflt_found *found, u32 slot,
		       struct dumpflt_disk_receipt receipts[2], int *err)
{
	const struct dumpflt_disk_receipt *valid[2] = {};
	unsigned int copy;

	for (copy = 0; copy < 2; copy++) {
		u64 offset = dumpflt_geometry_receipt(&found->geo, slot, copy);

		*err = dumpflt_target_read(stack, &receipts[copy],
					   sizeof(receipts[copy]), offset);
		/* one that cannot be read might say otherwise */
		if (*err)
			return false;
		if (!dumpflt_receipt_check(&receipts[copy], found->header, slot))
			valid[copy] = &receipts[copy];
	}
	return dumpflt_slot_nothing(&found->header->slots[slot], valid[0],
				    valid[1]);
}

/* A dump that got no further than the header leaves the slot as it was */
static void take_back(struct dumpflt_stack *stack,
		      const struct dumpflt_found *found, u32 slot, void *block,
		      int *err)
{
	if (!found->older)
		return;
	*err = dumpflt_target_read(stack, block, DUMPFLT_AREA_BLOCK,
				   dumpflt_geometry_fmeta(&found->geo, slot));
	if (!*err && dumpflt_slot_unbegun(found->header, found->older, slot, block))
		found->header->slots[slot] = found->older->slots[slot];
}

static bool is_started(const struct dumpflt_disk_header *header, u32 slot)
{
	return le32_to_cpu(header->slots[slot].state) == DUMPFLT_SLOT_STARTED;
}

/**
 * dumpflt_headers_put - undo dumpflt_headers_find()
 * @found: with or without headers
 *
 * Context: process context.
 */
void dumpflt_headers_put(struct dumpflt_found *found)
{
	kfree(found->header);
	kfree(found->older);
	found->header = NULL;
	found->older = NULL;
}

/**
 * dumpflt_headers_free_slots - let go of slots with nothing in them
 * @stack: the stack, target open, not live
 * @found: the header that counts is there; changed in memory alone
 *
 * So it is with a dump that failed before its first chunk, and one whose header was
 * written, but not flushed. What cannot be read is left as it is.
 *
 * Context: process context, stack lock held; sleeps, allocates.
 * Return: 0; -ENOMEM; -ETIMEDOUT or -EINTR, and then the target is open no more.
 */
int dumpflt_headers_free_slots(struct dumpflt_stack *stack,
			       struct dumpflt_found *found)
{
	struct dumpflt_disk_header *header = found->header;
	struct dumpflt_disk_receipt *receipts;
	int err = 0;
	u32 slot;

	receipts = kcalloc(2, sizeof(*receipts), GFP_KERNEL);
	if (!receipts)
		return -ENOMEM;
	for (slot = 0; slot < found->geo.nr_slots && !is_lost(stack); slot++) {
		if (is_started(header, slot))
			take_back(stack, found, slot, receipts, &err);
		if (!is_lost(stack) && is_started(header, slot) &&
		    is_nothing(stack, found, slot, receipts, &err))
			dumpflt_slot_free(header, slot);
	}
	kfree(receipts);
	return is_lost(stack) ? err : 0;
}

/**
 * dumpflt_headers_find - is there a dump area on the target?
 * @stack: the stack, target open, not live
 * @found: set to what there is
 *
 * Context: process context, stack lock held; sleeps, allocates.
 * Return: 0, also if there is none; -ENOMEM; -ETIMEDOUT or -EINTR, and then the
 * target is open no more. To be undone with dumpflt_headers_put() if it is 0.
 */
int dumpflt_headers_find(struct dumpflt_stack *stack,
			 struct dumpflt_found *found)
{
	struct dumpflt_disk_header *headers[2];
	int err, ret = 0;

	memset(found, 0, sizeof(*found));
	headers[0] = kzalloc(sizeof(*headers[0]), GFP_KERNEL);
	headers[1] = kzalloc(sizeof(*headers[1]), GFP_KERNEL);
	if (headers[0] && headers[1]) {
		found->copy = read_headers(stack, headers, found, &err);
		/* with an error of one copy the other may do */
		ret = is_lost(stack) || err == -ENOMEM ? err : 0;
		if (!ret && found->copy >= 0)
			swap(found->header, headers[found->copy]);
	} else {
		ret = -ENOMEM;
	}
	kfree(headers[0]);
	kfree(headers[1]);
	if (ret)
		dumpflt_headers_put(found);
	return ret;
}
