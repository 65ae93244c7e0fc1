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
#include <linux/sizes.h>

#include "base/bounded.h"
#include "base/silence.h"
#include "target/target.h"
#include "bdev.h"

/* How much of a page cache is written before that counts as a sign of life */
#define PIECE_MIN	((loff_t)SZ_1M)
/* So many pieces at most, each of which costs a look even if nothing is there */
#define PIECES_SHIFT	18

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

/*
 * Slow is not silent, and how much is dirty is not for us to say. The bios are not ours,
 * so that nobody sees their answers; each piece that has become clean is one.
 */
static void write_in_pieces(struct dumpflt_stack *stack, struct block_device *bdev)
{
	loff_t size = dumpflt_compat_bdev_size(bdev), at;
	loff_t piece = max(size >> PIECES_SHIFT, PIECE_MIN);

	for (at = 0; at < size && is_dirty(bdev); at += piece) {
		filemap_write_and_wait_range(dumpflt_compat_bdev_mapping(bdev),
					     at, at + piece - 1);
		WRITE_ONCE(stack->last_progress, jiffies);
		cond_resched();
	}
}

static void do_clean(struct work_struct *work)
{
	struct dumpflt_deferred *deferred =
		container_of(work, struct dumpflt_deferred, work);
	struct dumpflt_stack *stack =
		container_of(deferred, struct dumpflt_stack, cleaning);

	write_in_pieces(stack, stack->target.bdev);
	if (bdev_is_partition(stack->target.bdev))
		write_in_pieces(stack, dumpflt_compat_bdev_whole(stack->target.bdev));
	/* and what has come meanwhile, which is not much */
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
	ret = dumpflt_pending_wait_answer(&cleaning->pending,
					  dumpflt_silence_patience(stack));
	if (ret) {
		WRITE_ONCE(stack->is_silent, true);
		dumpflt_fail(stack, NULL, ret,
			     "start: the target has not taken what is in its own page cache: nothing is written before");
	}
	return ret;
}
