// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dump area on a target: found, checked, made ready in memory, let go.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bitmap.h>
#include <linux/blkdev.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "layout/area.h"

/* Not yet live, so that there is no deadline: as patient as opening it was */
static int read_target(struct dumpflt_stack *stack, void *data, u32 len,
		       u64 offset)
{
	dumpflt_sync_submit(stack, &stack->sync, REQ_OP_READ, data, len, offset);
	return dumpflt_sync_wait(&stack->sync, UINT_MAX);
}

/* One copy of the header; what is wrong with it, or NULL. Any one may be lost */
static const char *read_header(struct dumpflt_stack *stack, u64 offset,
			       struct dumpflt_disk_header *header,
			       struct dumpflt_geometry *geo)
{
	u64 size = stack->target.size;
	const char *wrong;

	if (offset > size || size - offset < sizeof(*header))
		return "there is no room for one";
	if (read_target(stack, header, sizeof(*header), offset))
		return "it cannot be read";
	wrong = dumpflt_header_check(header, size, geo);
	/* a valid one that was copied from elsewhere is not one of this area */
	if (!wrong && offset != dumpflt_geometry_header(geo, 0) &&
	    offset != dumpflt_geometry_header(geo, 1))
		wrong = "it is not in its place";
	return wrong;
}

/* Reads both copies; *@copy is the one that counts, -1 if none does */
static void read_headers(struct dumpflt_stack *stack,
			 struct dumpflt_disk_header *headers[2],
			 struct dumpflt_geometry *geo, int *copy,
			 const char **wrong)
{
	struct dumpflt_geometry geo_b;
	const char *wrong_b;
	u64 offset_b;

	*wrong = read_header(stack, 0, headers[0], geo);
	offset_b = *wrong ? dumpflt_geometry_header_b(stack->target.size) :
			    dumpflt_geometry_header(geo, 1);
	wrong_b = read_header(stack, offset_b, headers[1], &geo_b);

	*copy = -1;
	if (!*wrong && !wrong_b) {
		*copy = dumpflt_header_newer(headers[0], headers[1]);
		if (*copy < 0)
			*wrong = "its two headers are of different areas";
	} else if (!*wrong) {
		*copy = 0;
	} else if (!wrong_b) {
		*copy = 1;
		*geo = geo_b;
	}
}

static bool options_equal(const char *a, size_t a_len, const char *b,
			  size_t b_len)
{
	if (a_len && a[a_len - 1] == '\n')
		a_len--;
	if (b_len && b[b_len - 1] == '\n')
		b_len--;
	return a_len == b_len && !memcmp(a, b, a_len);
}

static bool same_filter(const struct dumpflt_disk_policy *policy,
			const struct dumpflt_entry *entry)
{
	u32 flags = (entry->critical ? DUMPFLT_POLICY_F_CRITICAL : 0) |
		    (entry->start_optional ? DUMPFLT_POLICY_F_START_OPTIONAL : 0);
	const char *options = entry->options ?: "";

	return le16_to_cpu(policy->number) == entry->number &&
	       le16_to_cpu(policy->flags) == flags &&
	       !strncmp(policy->name, entry->name, sizeof(policy->name)) &&
	       options_equal(dumpflt_policy_options(policy),
			     le32_to_cpu(policy->options_len), options,
			     strlen(options));
}

/* Who formatted the area said which filters every dump in it must pass */
static int check_policy(struct dumpflt_stack *stack,
			const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_policy *policy = NULL;
	const struct dumpflt_entry *entry;
	bool same = true;

	if (!header->fixed.policy_len)
		return 0;
	list_for_each_entry(entry, &stack->entries, link) {
		policy = dumpflt_policy_next(header, policy);
		same = policy && same_filter(policy, entry);
		if (!same)
			break;
	}
	if (same && !dumpflt_policy_next(header, policy))
		return 0;
	dumpflt_fail(stack, NULL, -EPERM,
		     "the filters are not those of the dump area's policy: see 'dumpflt show', and configure exactly these");
	return -EPERM;
}

static struct dumpflt_area *alloc_area(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = kzalloc(sizeof(*area), GFP_KERNEL);

	if (!area)
		return NULL;
	area->stack = stack;
	init_completion(&area->written);
	area->buffer = alloc_pages_exact(DUMPFLT_CHUNK_SIZE,
					 GFP_KERNEL | __GFP_ZERO);
	area->fmeta = alloc_pages_exact(DUMPFLT_AREA_UNIT,
					GFP_KERNEL | __GFP_ZERO);
	area->receipt = kzalloc(sizeof(*area->receipt), GFP_KERNEL);
	if (area->buffer && area->fmeta && area->receipt)
		return area;
	dumpflt_area_destroy(area);
	return NULL;
}

/* Why the target is no dump area that can be used, or 0 */
static int refuse_area(struct dumpflt_stack *stack, int copy, const char *wrong)
{
	u32 block = bdev_logical_block_size(stack->target.bdev);

	if (block > DUMPFLT_AREA_BLOCK) {
		dumpflt_fail(stack, NULL, -EINVAL,
			     "target %s has %u-byte blocks: a dump area needs blocks of at most %u bytes",
			     stack->path, block, DUMPFLT_AREA_BLOCK);
		return -EINVAL;
	}
	if (copy < 0) {
		dumpflt_fail(stack, NULL, -EINVAL,
			     "target %s holds no dump area that can be used (%s): see 'dumpflt show', or make one with 'dumpflt format'",
			     stack->path, wrong);
		return -EINVAL;
	}
	return 0;
}

/* Makes @stack->area of the header that counts */
static int take_area(struct dumpflt_stack *stack,
		     struct dumpflt_disk_header **header,
		     const struct dumpflt_geometry *geo, int copy,
		     const char *wrong)
{
	struct dumpflt_area *area;
	int ret;

	ret = refuse_area(stack, copy, wrong);
	if (!ret)
		ret = check_policy(stack, *header);
	if (ret)
		return ret;
	area = alloc_area(stack);
	if (!area)
		return -ENOMEM;
	area->geo = *geo;
	area->copy = copy;
	swap(area->header, *header);
	stack->area = area;
	return 0;
}

/* In plain mode a dump would go over the dumps in it */
static int refuse_plain(struct dumpflt_stack *stack)
{
	dumpflt_fail(stack, NULL, -EEXIST,
		     "target %s holds a dump area: write 1 to 'area' to use it; zeros over its first and last 64 KiB remove it",
		     stack->path);
	return -EEXIST;
}

/**
 * dumpflt_area_open - find out whether the target holds a dump area
 * @stack: the stack, target open, not live
 *
 * In area mode there must be one, which becomes @stack->area. In plain mode
 * there must be none.
 *
 * Context: process context, stack lock held; sleeps, allocates.
 * Return: 0; -EINVAL if there must be one and is not; -EEXIST if there is one
 * and must not be; -EPERM if its policy demands other filters; -ENOMEM.
 */
int dumpflt_area_open(struct dumpflt_stack *stack)
{
	struct dumpflt_disk_header *headers[2];
	struct dumpflt_geometry geo;
	const char *wrong;
	int copy, ret = 0;

	headers[0] = kzalloc(sizeof(*headers[0]), GFP_KERNEL);
	headers[1] = kzalloc(sizeof(*headers[1]), GFP_KERNEL);
	if (headers[0] && headers[1])
		read_headers(stack, headers, &geo, &copy, &wrong);
	else
		ret = -ENOMEM;
	if (!ret && stack->use_area)
		ret = take_area(stack, &headers[copy > 0], &geo, copy, wrong);
	else if (!ret && copy >= 0)
		ret = refuse_plain(stack);
	kfree(headers[0]);
	kfree(headers[1]);
	return ret;
}

/**
 * dumpflt_area_prepare - allocate what depends on the filters
 * @stack: the stack in area mode, filters initialised, limits known
 *
 * Context: process context, stack lock held; allocates.
 * Return: 0 or a negative errno.
 */
int dumpflt_area_prepare(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = stack->area;
	u32 used = sizeof(struct dumpflt_disk_record);
	unsigned int i;

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
	area->own.call.record = kzalloc(area->geo.record_size, GFP_KERNEL);
	area->claimed = kvcalloc(BITS_TO_LONGS(area->geo.slot_chunks),
				 sizeof(long), GFP_KERNEL);
	if (!area->own.call.record || !area->claimed)
		return -ENOMEM;
	return dumpflt_mac_create(area) ?: dumpflt_records_create(area);
}

/**
 * dumpflt_area_destroy - let go of the area
 * @area: the area, nothing of it under way; %NULL is legal
 *
 * Context: process context.
 */
void dumpflt_area_destroy(struct dumpflt_area *area)
{
	if (!area)
		return;
	dumpflt_records_destroy(area);
	dumpflt_mac_destroy(area);
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

/**
 * dumpflt_area_is_busy - does the target still work on the area's memory?
 * @area: the area, no session
 *
 * Context: process context, stack lock held.
 * Return: true if so.
 */
bool dumpflt_area_is_busy(struct dumpflt_area *area)
{
	if (area->writing && completion_done(&area->written))
		area->writing = false;
	return area->writing || dumpflt_records_is_busy(area);
}

/**
 * dumpflt_area_capacity - how long a dump can be
 * @area: the area
 *
 * Context: any.
 * Return: bytes; the last chunk of a slot is the trailer's.
 */
u64 dumpflt_area_capacity(const struct dumpflt_area *area)
{
	return (u64)(area->geo.slot_chunks - 1) * DUMPFLT_CHUNK_SIZE;
}

/**
 * dumpflt_area_session - which dump is, or was last, written
 * @area: the area
 * @slot: set
 * @session: set
 *
 * Context: any; a session that begins at the same time may be seen in part.
 * Return: 0, or -ENOENT if there was none since the stack went live.
 */
int dumpflt_area_session(const struct dumpflt_area *area, u32 *slot,
			 u8 session[16])
{
	if (!READ_ONCE(area->number))
		return -ENOENT;
	*slot = area->slot;
	memcpy(session, area->session, sizeof(area->session));
	return 0;
}

/**
 * dumpflt_area_data - where the session's data begins
 * @area: the area
 *
 * Context: any, in a session.
 * Return: bytes from the start of the target.
 */
u64 dumpflt_area_data(const struct dumpflt_area *area)
{
	return dumpflt_geometry_chunk(&area->geo, area->slot, 0);
}

/**
 * dumpflt_area_phase - a phase of the session is over
 * @area: the area
 * @phase: DUMPFLT_PHASE_*; the next one begins now
 *
 * Context: stack lock held.
 */
void dumpflt_area_phase(struct dumpflt_area *area, unsigned int phase)
{
	u64 now = ktime_get_ns();

	area->phase_ms[phase] += div_u64(now - area->phase_start, NSEC_PER_MSEC);
	area->phase_start = now;
}

/**
 * dumpflt_area_write_at - write some of the area's own structures
 * @area: the area
 * @data: physically contiguous
 * @len: bytes
 * @offset: bytes from the start of the target
 * @what: for the message if it fails, which fails the session too
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms.
 * Return: 0 or a negative errno.
 */
int dumpflt_area_write_at(struct dumpflt_area *area, void *data, u32 len,
			  u64 offset, const char *what)
{
	int ret = dumpflt_sync_io(area->stack, &area->stack->sync,
				  REQ_OP_WRITE | REQ_SYNC, data, len, offset);

	if (ret)
		dumpflt_fail(area->stack, NULL, ret, "writing %s at %llu failed",
			     what, offset);
	return ret;
}
