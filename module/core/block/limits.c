// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the stack device offers, from what the target offers and what the
 * filters ask for.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/cpumask.h>

#include "block/block.h"

/**
 * dumpflt_limits_from_target - what the target alone would allow
 * @stack: the stack, target open
 *
 * This is what init() is told. The lanes are the most there can be.
 *
 * Context: process context, stack lock held.
 */
void dumpflt_limits_from_target(struct dumpflt_stack *stack)
{
	struct dumpflt_limits *limits = &stack->limits;
	struct block_device *bdev = stack->target.bdev;
	struct request_queue *q = bdev_get_queue(bdev);

	limits->block_size = bdev_logical_block_size(bdev);
	limits->physical_block_size = bdev_physical_block_size(bdev);
	limits->max_pages = min(stack->max_pages,
				max(queue_max_hw_sectors(q) >>
				    (PAGE_SHIFT - SECTOR_SHIFT), 1u));
	limits->nr_lanes = num_online_cpus();
	limits->fua = dumpflt_compat_bdev_fua(bdev);
	stack->layout->limit(stack);
	limits->capacity = stack->layout->capacity(stack);
}

/*
 * Every request that keeps the stack's limits must become a bio that the target
 * can split as it needs, where its smallest part is a block of the target. The
 * block layer splits our requests by the same rules, where the smallest part is a
 * block of the stack. A block that would not fit those rules stops it: an error at
 * best, in Linux 6.1 a BUG().
 *
 * The memory of a block may come in as many pieces as the alignment allows. Where
 * filters have raised the block size, and such a block does not fit the target's
 * rules for segments, the stack has none: the target splits it, by its own block
 * size, and a block of the target is in one piece then, as the alignment is at
 * least that. A target of one segment whose own blocks may begin anywhere within a
 * page could not take such a block itself: there the alignment is a block, too.
 *
 * What a filter has put into a bounce buffer begins on a page, in one piece; it fits
 * any target.
 */
static void fit_blocks(struct dumpflt_stack *stack)
{
	struct dumpflt_limits *limits = &stack->limits;
	struct block_device *bdev = stack->target.bdev;
	struct request_queue *q = bdev_get_queue(bdev);
	u32 theirs = bdev_logical_block_size(bdev);
	u32 mask = max_t(u32, dumpflt_compat_bdev_dma_alignment(bdev), SECTOR_SIZE - 1);
	u32 pieces = max(limits->block_size / (mask + 1), 1U);

	limits->own_segments = limits->block_size > theirs &&
			       (queue_max_segments(q) < pieces ||
				queue_virt_boundary(q));
	if (limits->own_segments)
		mask = max(mask, theirs - 1);
	else if (queue_max_segments(q) == 1)
		mask = max(mask, limits->block_size - 1);
	limits->dma_alignment = mask;
	/* data that does not begin on a page spans one page more */
	limits->max_segments = max(limits->max_pages + 1, pieces);
}

/**
 * dumpflt_limits_from_filters - lower them to what the filters allow
 * @stack: the stack, all instances initialised
 *
 * One lane unless every instance may be called concurrently (design section
 * 5.8). The extension of each instance is brought up to date.
 *
 * Context: process context, stack lock held.
 */
void dumpflt_limits_from_filters(struct dumpflt_stack *stack)
{
	struct dumpflt_limits *limits = &stack->limits;
	unsigned int i;

	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];

		limits->block_size = max(limits->block_size, inst->block_size);
		limits->max_pages = min(limits->max_pages, inst->max_pages);
		/* of all buffers: in which one the data is, others decide as well */
		if (inst->flags & DUMPFLT_F_ROOM)
			limits->room = DUMPFLT_BOUNCE_ROOM;
		if (!(inst->flags & DUMPFLT_F_CONCURRENT) &&
		    limits->nr_lanes > 1) {
			pr_info("%s: filter '%s' takes one call at a time: all filters share one lane, not %u\n",
				stack->name, inst->entry->name,
				limits->nr_lanes);
			limits->nr_lanes = 1;
		}
	}
	limits->physical_block_size = max(limits->physical_block_size,
					  limits->block_size);
	limits->capacity = stack->layout->capacity(stack);
	fit_blocks(stack);

	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_extension *ext = &stack->inst[i]->master;

		ext->logical_block_size = limits->block_size;
		ext->physical_block_size = limits->physical_block_size;
		ext->nr_lanes = limits->nr_lanes;
		ext->size_bytes = limits->capacity;
		*stack->inst[i]->ext = *ext;
	}
}
