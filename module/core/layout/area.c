// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout "dump area": the target is checked and made ready in memory. What
 * the rest of it does is in the other files of area.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bitmap.h>
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "layout/area.h"

static struct dumpflt_policy_entry as_configured(const struct dumpflt_entry *entry)
{
	const char *options = entry->options ?: "";

	return (struct dumpflt_policy_entry) {
		.name = entry->name,
		.number = entry->number,
		.flags = (entry->critical ? DUMPFLT_POLICY_F_CRITICAL : 0) |
			 (entry->start_optional ?
			  DUMPFLT_POLICY_F_START_OPTIONAL : 0),
		.options = options,
		.options_len = dumpflt_options_to_write(entry->name, options,
							strlen(options)),
	};
}

/* Who formatted the area said which filters every dump in it must pass */
static int check_policy(struct dumpflt_stack *stack,
			const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_policy *at = NULL;
	struct dumpflt_policy_entry configured;
	const struct dumpflt_entry *entry;
	const char *wrong = NULL, *name = "";

	if (!header->fixed.policy_len)
		return 0;
	stack->bound_by_policy = true;
	list_for_each_entry(entry, &stack->entries, link) {
		configured = as_configured(entry);
		name = entry->name;
		wrong = dumpflt_policy_differs(header, &at, &configured);
		if (wrong)
			break;
	}
	if (!wrong) {
		name = "";
		wrong = dumpflt_policy_differs(header, &at, NULL);
	}
	if (!wrong)
		return 0;
	dumpflt_fail(stack, NULL, -EPERM,
		     "the filters are not those of the dump area's policy: %s%s%s: see 'dumpflt show', and configure exactly these",
		     name, *name ? ": " : "", wrong);
	return -EPERM;
}

static void destroy(struct dumpflt_area *area)
{
	dumpflt_pending_exit(&area->writing);
	dumpflt_records_destroy(area);
	dumpflt_mac_destroy(area);
	dumpflt_seen_destroy(area);
	kvfree(area->claimed);
	kfree(area->own.call.record);
	kfree(area->receipt);
	kfree(area->header);
	if (area->fmeta)
		free_pages_exact(area->fmeta, DUMPFLT_AREA_UNIT);
	if (area->buffer) {
		/* held what no filter had seen yet */
		memzero_explicit(area->buffer, DUMPFLT_CHUNK_SIZE);
		free_pages_exact(area->buffer, DUMPFLT_CHUNK_SIZE);
	}
	kfree(area);
}

static struct dumpflt_area *alloc_area(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = kzalloc(sizeof(*area), GFP_KERNEL);

	if (!area)
		return NULL;
	area->stack = stack;
	spin_lock_init(&area->tail_lock);
	dumpflt_pending_init(stack, &area->writing);
	area->buffer = alloc_pages_exact(DUMPFLT_CHUNK_SIZE,
					 GFP_KERNEL | __GFP_ZERO);
	area->fmeta = alloc_pages_exact(DUMPFLT_AREA_UNIT,
					GFP_KERNEL | __GFP_ZERO);
	area->receipt = kzalloc(sizeof(*area->receipt), GFP_KERNEL);
	if (area->buffer && area->fmeta && area->receipt)
		return area;
	destroy(area);
	return NULL;
}

/* Neither header will do. What one that cannot be read says, nobody knows: it is named */
static void refuse_headers(struct dumpflt_stack *stack,
			   const struct dumpflt_found *found)
{
	if (found->unread_a || found->unread_b)
		dumpflt_fail(stack, NULL, -EINVAL,
			     "target %s holds no dump area that can be used (header A: %s; header B: %s): see 'dumpflt show', or make one with 'dumpflt format'",
			     stack->path, found->wrong, found->wrong_b);
	else
		dumpflt_fail(stack, NULL, -EINVAL,
			     "target %s holds no dump area that can be used (%s): see 'dumpflt show', or make one with 'dumpflt format'",
			     stack->path, found->wrong);
}

/* Why the target is no dump area that can be used, or 0 */
static int refuse_area(struct dumpflt_stack *stack,
		       const struct dumpflt_found *found)
{
	u32 block = bdev_logical_block_size(stack->target.bdev);

	if (block > DUMPFLT_AREA_BLOCK) {
		dumpflt_fail(stack, NULL, -EINVAL,
			     "target %s has %u-byte blocks: a dump area needs blocks of at most %u bytes",
			     stack->path, block, DUMPFLT_AREA_BLOCK);
		return -EINVAL;
	}
	if (!found->header) {
		refuse_headers(stack, found);
		return -EINVAL;
	}
	/* nobody gets there by counting; better said now than when a dump begins */
	if (dumpflt_header_is_spent(found->header)) {
		dumpflt_fail(stack, NULL, -EOVERFLOW,
			     "target %s: the dump area has counted to its end: collect its dumps, then format it anew",
			     stack->path);
		return -EOVERFLOW;
	}
	/* it is where the header goes next */
	if (found->foreign_a) {
		dumpflt_fail(stack, NULL, -EEXIST,
			     "target %s: in the place of header A of the area it holds something else, which a header would go over: zeros over its first 64 KiB keep the area, over its last 64 KiB they remove it",
			     stack->path);
		return -EEXIST;
	}
	return 0;
}

/* A crash dump is for somebody to read, and an image for this machine, once */
static int check_type(struct dumpflt_stack *stack,
		      const struct dumpflt_disk_header *header)
{
	bool hibernates = stack->type == DUMPFLT_TYPE_HIBERNATION;

	if (dumpflt_header_hibernates(header) == hibernates)
		return 0;
	if (hibernates)
		dumpflt_fail(stack, NULL, -EPERM,
			     "target %s holds a dump area for crash dumps: a hibernation stack needs one made with 'dumpflt format --hibernation'",
			     stack->path);
	else
		dumpflt_fail(stack, NULL, -EPERM,
			     "target %s holds a dump area for hibernation: a crash dump needs one of its own, made with 'dumpflt format'",
			     stack->path);
	return -EPERM;
}

/* It is where the next dump begins to write */
static void note_unread(struct dumpflt_stack *stack,
			const struct dumpflt_found *found)
{
	int err = found->copy ? found->unread_a : found->unread_b;

	if (err)
		dumpflt_note(stack, NULL, err,
			     "target %s: header %c of the dump area cannot be read, the other one counts: the next dump writes it anew, and fails if the target takes no write there either",
			     stack->path, found->copy ? 'A' : 'B');
}

static int open_area(struct dumpflt_stack *stack)
{
	struct dumpflt_found found;
	int ret;

	ret = dumpflt_headers_find(stack, &found);
	if (ret)
		return ret;
	ret = refuse_area(stack, &found);
	if (!ret)
		ret = check_type(stack, found.header);
	if (!ret)
		ret = check_policy(stack, found.header);
	if (!ret)
		ret = dumpflt_headers_free_slots(stack, &found);
	if (!ret) {
		stack->area = alloc_area(stack);
		if (!stack->area)
			ret = -ENOMEM;
	}
	if (ret) {
		dumpflt_headers_put(&found);
		return ret;
	}
	note_unread(stack, &found);
	kfree(found.older);
	stack->area->geo = found.geo;
	stack->area->copy = found.copy;
	stack->area->header = found.header;
	return 0;
}

static void limit(struct dumpflt_stack *stack)
{
	struct dumpflt_limits *limits = &stack->limits;

	limits->block_size = max_t(u32, limits->block_size,
				   DUMPFLT_AREA_BLOCK);
	limits->max_pages = DUMPFLT_CHUNK_PAGES;
	limits->chunk_size = DUMPFLT_CHUNK_SIZE;
	limits->record_size = stack->area->geo.record_size;
	/* chunks that the core makes itself, one at a time */
	limits->own_contexts = 1;
	/* what is durable there is known to the flush alone */
	limits->fua = false;
}

/* The last chunk of a slot is the trailer's */
static u64 capacity(const struct dumpflt_stack *stack)
{
	return (u64)(stack->area->geo.slot_chunks - 1) * DUMPFLT_CHUNK_SIZE;
}

static struct dumpflt_placed as_placed(const struct dumpflt_instance *inst)
{
	return (struct dumpflt_placed) {
		.name = inst->entry->name,
		.keeps = inst->chunk_meta,
		.changes = inst->flags & DUMPFLT_F_BOUNCE,
	};
}

/*
 * What is kept in the clear must not be about what a filter behind it seals, and what
 * is sealed must reach the disk as it is
 */
static int check_order(struct dumpflt_stack *stack)
{
	struct dumpflt_placed filter, behind;
	const char *wrong;
	unsigned int i, j;

	for (i = 0; i < stack->nr_inst; i++) {
		filter = as_placed(stack->inst[i]);
		for (j = i + 1; j < stack->nr_inst; j++) {
			behind = as_placed(stack->inst[j]);
			wrong = dumpflt_order_wrong(&filter, &behind);
			if (!wrong)
				continue;
			dumpflt_fail(stack, NULL, -EPERM,
				     "filter '%s' before '%s' %s", filter.name,
				     behind.name, wrong);
			return -EPERM;
		}
	}
	return 0;
}

static int prepare(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = stack->area;
	u32 used = sizeof(struct dumpflt_disk_record);
	unsigned int i;
	int ret;

	ret = check_order(stack);
	if (ret)
		return ret;
	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];

		inst->meta_offset = used;
		used += inst->chunk_meta;
	}
	if (used > area->geo.record_size) {
		dumpflt_fail(stack, NULL, -E2BIG,
			     "the filters need %u bytes per chunk, the dump area has %u: format it with a larger --record-size",
			     used, area->geo.record_size);
		return -E2BIG;
	}
	for (i = 0; i < stack->nr_inst; i++) {
		stack->inst[i]->stored = kzalloc(DUMPFLT_FMETA_MAX, GFP_KERNEL);
		if (!stack->inst[i]->stored)
			return -ENOMEM;
	}
	area->own.call.record = kzalloc(area->geo.record_size +
					DUMPFLT_RECORD_SLACK, GFP_KERNEL);
	area->claimed = kvcalloc(BITS_TO_LONGS(area->geo.slot_chunks),
				 sizeof(long), GFP_KERNEL);
	if (!area->own.call.record || !area->claimed)
		return -ENOMEM;
	return dumpflt_mac_create(area) ?: dumpflt_records_create(area);
}

static void close_area(struct dumpflt_stack *stack)
{
	destroy(stack->area);
	stack->area = NULL;
}

static int readable(struct dumpflt_stack *stack)
{
	u32 nr = stack->area->geo.nr_slots;

	if (stack->read_slot < nr)
		return dumpflt_chain_readable(stack) ?:
		       dumpflt_seen_create(stack->area);
	dumpflt_note(stack, NULL, -EINVAL,
		     "a dump area is read by 'read SLOT', a number below %u", nr);
	return -EINVAL;
}

/* Zeros are for who reads what he has not yet written, and for nobody else */
static int read(struct dumpflt_transfer *transfer, bool *send)
{
	switch (READ_ONCE(transfer->call.stack->state)) {
	case DUMPFLT_READING:
		return dumpflt_readback_ask(transfer, send);
	case DUMPFLT_STARTED:
		return dumpflt_area_read(transfer, send);
	default:
		return -EIO;
	}
}

static void left_out(struct dumpflt_stack *stack, unsigned int index)
{
	dumpflt_mac_left_out(stack->area, index + 1);
}

static void forget(struct dumpflt_stack *stack)
{
	dumpflt_mac_wipe(stack->area);
}

static bool says_complete(const struct dumpflt_stack *stack)
{
	return stack->area->says_complete;
}

static int drop(struct dumpflt_stack *stack)
{
	return dumpflt_receipt_take_away(stack->area);
}

static int checkpoint(struct dumpflt_stack *stack)
{
	return dumpflt_records_write(stack->area, false);
}

/* A session that begins at the same time may be seen in part */
static int session_id(const struct dumpflt_stack *stack, u32 *slot,
		      u8 session[16])
{
	const struct dumpflt_area *area = stack->area;

	if (!READ_ONCE(area->number))
		return -ENOENT;
	*slot = area->slot;
	memcpy(session, area->session, sizeof(area->session));
	return 0;
}

const struct dumpflt_layout_ops dumpflt_layout_area = {
	.open		= open_area,
	.limit		= limit,
	.capacity	= capacity,
	.prepare	= prepare,
	.close		= close_area,
	.answers_reads	= true,
	.readable	= readable,
	.begin		= dumpflt_area_begin,
	.begin_read	= dumpflt_readback_begin,
	.read_started	= dumpflt_readback_started,
	.left_out	= left_out,
	.started	= dumpflt_area_started,
	.abandon	= dumpflt_area_abandon,
	.close_dump	= dumpflt_area_close,
	.end		= dumpflt_area_end,
	.forget		= forget,
	.says_complete	= says_complete,
	.drop		= drop,
	.write		= dumpflt_area_write,
	.written	= dumpflt_area_written,
	.read		= read,
	.arrived	= dumpflt_readback_arrived,
	.checkpoint	= checkpoint,
	.submit		= dumpflt_area_submit,
	.session_id	= session_id,
};
