// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page cache of the target itself, or of the disk that it is a part of. What
 * somebody has left there would go out at any time, over a dump; so it is written
 * when the target is taken, and once more before each dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "base/bounded.h"
#include "base/silence.h"
#include "target/target.h"
#include "bdev.h"

static bool is_dirty(struct block_device *bdev)
{
	struct address_space *mapping = dumpflt_compat_bdev_mapping(bdev);

	return mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) ||
	       mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK);
}

/* The whole disk has a page cache of its own, with other pages */
static bool any_dirty(struct block_device *bdev)
{
	return is_dirty(bdev) || is_dirty(dumpflt_compat_bdev_whole(bdev));
}

/**
 * dumpflt_target_forget_cache - let whoever reads the target see what is there now
 * @bdev: the target's device
 *
 * Pages that are mapped are taken away from whoever maps them, as they would stay else.
 * None is waited for: what somebody reads just now would be locked for as long as the
 * target is silent.
 *
 * Context: process context; sleeps for a moment.
 */
void dumpflt_target_forget_cache(struct block_device *bdev)
{
	unmap_mapping_range(dumpflt_compat_bdev_mapping(bdev), 0, 0, 1);
	invalidate_bdev(bdev);
}

/**
 * dumpflt_target_empty_cache - write and drop what is there
 * @bdev: the target's device
 *
 * Context: process context, in a worker: takes for ever if the target is silent.
 */
void dumpflt_target_empty_cache(struct block_device *bdev)
{
	sync_blockdev(bdev);
	if (bdev_is_partition(bdev))
		sync_blockdev(dumpflt_compat_bdev_whole(bdev));
	dumpflt_target_forget_cache(bdev);
}

static void do_clean(struct work_struct *work)
{
	struct dumpflt_deferred *deferred =
		container_of(work, struct dumpflt_deferred, work);
	struct dumpflt_stack *stack =
		container_of(deferred, struct dumpflt_stack, cleaning);

	dumpflt_target_empty_cache(stack->target.bdev);
	dumpflt_pending_end(&deferred->pending);
}

/**
 * dumpflt_target_cache_init - prepare a new stack
 * @stack: zeroed, but for its list of what is pending
 *
 * Context: process context.
 */
void dumpflt_target_cache_init(struct dumpflt_stack *stack)
{
	INIT_WORK(&stack->cleaning.work, do_clean);
	dumpflt_pending_init(stack, &stack->cleaning.pending);
}

/**
 * dumpflt_target_clean - let nothing older go out over the dump that begins
 * @stack: the stack, live, no session
 *
 * What is written there later, by somebody who has the right to write over the whole
 * target, goes over the dump as a direct write of his would.
 *
 * Context: process context, stack lock held, waits bounded; sleeps.
 * Return: 0, or -ETIMEDOUT: the session has failed then.
 */
int dumpflt_target_clean(struct dumpflt_stack *stack)
{
	struct dumpflt_deferred *cleaning = &stack->cleaning;
	int ret;

	if (!any_dirty(stack->target.bdev))
		return 0;
	dumpflt_pending_begin(&cleaning->pending);
	queue_work(dumpflt_wq, &cleaning->work);
	ret = dumpflt_pending_wait(&cleaning->pending,
				   dumpflt_silence_patience(stack));
	if (ret) {
		WRITE_ONCE(stack->is_silent, true);
		dumpflt_fail(stack, NULL, ret,
			     "start: the target has not taken what is in its own page cache: nothing is written before");
	}
	return ret;
}
