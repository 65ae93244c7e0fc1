// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stack device /dev/dumpflt<N>: made, shown, frozen, removed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/idr.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "block/block.h"

/* Of a stack's name, in that of a workqueue: up to 6.7 all of it has 23 characters */
#define WORKQUEUE_NAME_MAX	12

static DEFINE_IDA(disk_numbers);

/* No ioctl, no passthrough: nothing that goes around the filters */
static const struct block_device_operations disk_ops = {
	.owner = THIS_MODULE,
};

static void destroy_lanes(struct dumpflt_stack *stack)
{
	if (stack->wq)
		destroy_workqueue(stack->wq);
	if (stack->submit_wq)
		destroy_workqueue(stack->submit_wq);
	kfree(stack->lanes);
	stack->lanes = NULL;
	stack->submit_wq = NULL;
	stack->wq = NULL;
}

static int create_lanes(struct dumpflt_stack *stack)
{
	unsigned int i, nr = stack->limits.nr_lanes;

	stack->lanes = kcalloc(nr, sizeof(*stack->lanes), GFP_KERNEL);
	if (!stack->lanes)
		return -ENOMEM;
	/*
	 * Not freezable: suspend to disk writes when everything else sleeps.
	 * Unbound: a lane must not wait for the CPU that a writer spins on.
	 */
	stack->wq = alloc_workqueue("dumpflt-%.*s",
				    WQ_MEM_RECLAIM | WQ_UNBOUND | WQ_HIGHPRI,
				    nr, WORKQUEUE_NAME_MAX, stack->name);
	/*
	 * Of its own: when memory for workers is short, each queue has one left that does
	 * all of its work, and a silent target holds that up. Not the lanes', as they wait
	 * for what is done here.
	 */
	stack->submit_wq = alloc_workqueue("dumpflt-%.*s-io",
					   WQ_MEM_RECLAIM | WQ_UNBOUND |
					   WQ_HIGHPRI, 0, WORKQUEUE_NAME_MAX,
					   stack->name);
	if (!stack->wq || !stack->submit_wq) {
		destroy_lanes(stack);
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++) {
		struct dumpflt_lane *lane = &stack->lanes[i];

		lane->stack = stack;
		lane->index = i;
		init_llist_head(&lane->queue);
		INIT_WORK(&lane->work, dumpflt_lane_work);
	}
	return 0;
}

/**
 * dumpflt_disk_create_tags - how many requests there can be, and make them
 * @stack: the stack, with its limits
 *
 * The block layer may allow fewer than are asked for, as it does in a capture kernel
 * or when memory is short: no buffer is made for a request that cannot be.
 *
 * Context: process context, stack lock held; allocates.
 * Return: 0 or a negative errno.
 */
int dumpflt_disk_create_tags(struct dumpflt_stack *stack)
{
	struct blk_mq_tag_set *set = &stack->tag_set;
	int ret;

	memset(set, 0, sizeof(*set));
	set->ops = &dumpflt_mq_ops;
	/* one, with a tag for each context: a writer has all of them */
	set->nr_hw_queues = 1;
	set->queue_depth = stack->limits.nr_lanes * DUMPFLT_QUEUE_DEPTH;
	set->cmd_size = sizeof(struct dumpflt_ctx);
	set->numa_node = NUMA_NO_NODE;
	/* a dump is one stream already; a scheduler would only add to it */
	set->flags = DUMPFLT_COMPAT_MQ_MERGE | DUMPFLT_COMPAT_MQ_NO_SCHED;
	/* how often it is looked whether the target is silent; see timed_out() */
	set->timeout = msecs_to_jiffies(clamp(stack->timeout_ms / 4, 50U,
					      2000U));
	set->driver_data = stack;
	ret = blk_mq_alloc_tag_set(set);
	if (ret) {
		set->tags = NULL;
		return ret;
	}
	stack->limits.nr_contexts = set->queue_depth +
				    stack->limits.own_contexts;
	return 0;
}

/**
 * dumpflt_disk_destroy_tags - undo dumpflt_disk_create_tags()
 * @stack: the stack, without a stack device; it need not have been done
 *
 * Context: process context, stack lock held.
 */
void dumpflt_disk_destroy_tags(struct dumpflt_stack *stack)
{
	if (stack->tag_set.tags)
		blk_mq_free_tag_set(&stack->tag_set);
	stack->tag_set.tags = NULL;
}

static struct gendisk *make_disk(struct dumpflt_stack *stack)
{
	const struct dumpflt_limits *limits = &stack->limits;
	const struct dumpflt_compat_limits compat = {
		.logical_block_size = limits->block_size,
		.physical_block_size = limits->physical_block_size,
		.max_bytes = limits->max_pages * PAGE_SIZE,
		.max_segments = limits->max_segments,
		.own_segments = limits->own_segments,
		.dma_alignment = limits->dma_alignment,
		.chunk_bytes = limits->chunk_size,
		.fua = limits->fua,
	};
	struct gendisk *disk;

	disk = dumpflt_compat_alloc_disk(&stack->tag_set, stack,
					 stack->target.bdev, &compat);
	if (IS_ERR(disk))
		return disk;
	disk->fops = &disk_ops;
	disk->private_data = stack;
	/* the dump is no partition table; looking for one would be a read */
	disk->flags |= DUMPFLT_COMPAT_NO_PART;
	snprintf(disk->disk_name, sizeof(disk->disk_name),
		 DUMPFLT_DISK_PREFIX "%d", stack->disk_number);
	set_capacity(disk, limits->capacity >> SECTOR_SHIFT);
	return disk;
}

/**
 * dumpflt_disk_create - make the stack device and show it
 * @stack: the stack, with its limits and tags
 *
 * Context: process context, stack lock held; allocates.
 * Return: 0 or a negative errno.
 */
int dumpflt_disk_create(struct dumpflt_stack *stack)
{
	int ret;

	ret = ida_alloc(&disk_numbers, GFP_KERNEL);
	if (ret < 0)
		return ret;
	stack->disk_number = ret;
	ret = create_lanes(stack);
	if (ret)
		goto out_number;
	stack->disk = make_disk(stack);
	if (IS_ERR(stack->disk)) {
		ret = PTR_ERR(stack->disk);
		goto out_lanes;
	}
	ret = dumpflt_compat_add_disk(stack->disk, &stack->disk_bdev);
	if (ret)
		goto out_disk;
	return 0;

out_disk:
	put_disk(stack->disk);
out_lanes:
	stack->disk = NULL;
	destroy_lanes(stack);
out_number:
	ida_free(&disk_numbers, stack->disk_number);
	return ret;
}

/**
 * dumpflt_disk_destroy - remove the stack device
 * @stack: the stack, no session
 *
 * After it is deleted no context holds a request any more: (a) new ones are
 * refused, as the queue is dying; (b) those that had been accepted have
 * completed, as it waits for the freeze; (c) a lane's work that queued itself
 * last thing is waited for by destroy_workqueue(). A task that still has the
 * device open holds the gendisk, which knows nothing of the stack but
 * private_data, and that is not looked at any more.
 *
 * Context: process context, stack lock held.
 */
void dumpflt_disk_destroy(struct dumpflt_stack *stack)
{
	dumpflt_compat_del_disk(stack->disk, stack->disk_bdev);
	put_disk(stack->disk);
	stack->disk = NULL;
	stack->disk_bdev = NULL;
	destroy_lanes(stack);
	ida_free(&disk_numbers, stack->disk_number);
}

/**
 * dumpflt_disk_is_open - does anybody have the stack device open?
 * @stack: the stack, live
 *
 * Context: any.
 * Return: true if so at this moment.
 */
bool dumpflt_disk_is_open(const struct dumpflt_stack *stack)
{
	return dumpflt_compat_disk_openers(stack->disk,
					   stack->disk_bdev) > 0;
}
