// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stack device's own page cache, and why no dump in an area goes through it.
 *
 * Writeback keeps neither an order nor "once": a page that is written to again
 * while it is on its way goes out twice, and pages go out in any order. Where each
 * chunk is written once, and small pieces are collected in order, a dump that is
 * written so would be whole by luck. So a writer opens the stack device with
 * O_DIRECT, and what comes from its page cache is refused in words.
 *
 * In plain mode any block may be written at any time, as often as one likes, and a
 * file system on the stack device has its metadata there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "base/bounded.h"
#include "base/silence.h"
#include "block/block.h"
#include "bdev.h"

/* Who has written again as often is there to stay */
#define TRIES	3
/* Behind a session each page has its answer at once, but one that is held back above us */
#define DROP_MS	2000U

/**
 * dumpflt_from_page_cache - does this write come from there?
 * @stack: the stack, live
 * @rq: a write with data
 *
 * Context: any.
 * Return: true if so.
 */
bool dumpflt_from_page_cache(const struct dumpflt_stack *stack,
			     const struct request *rq)
{
	return dumpflt_compat_page_mapping(bio_page(rq->bio)) ==
	       dumpflt_compat_bdev_mapping(stack->disk_bdev);
}

/**
 * dumpflt_page_cache_is_dirty - was something written there that is not out?
 * @stack: the stack, live
 *
 * Context: any.
 * Return: true if so at this moment.
 */
bool dumpflt_page_cache_is_dirty(const struct dumpflt_stack *stack)
{
	struct address_space *mapping =
		dumpflt_compat_bdev_mapping(stack->disk_bdev);

	return mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) ||
	       mapping_tagged(mapping, PAGECACHE_TAG_WRITEBACK);
}

static int refuse_pages(struct dumpflt_stack *stack)
{
	int ret = 0;

	/* also if none is dirty: an error of earlier ones is not this dump's */
	if (dumpflt_disk_writeback(stack, dumpflt_silence_patience(stack)) == -ETIMEDOUT)
		ret = -ETIMEDOUT;
	if (dumpflt_disk_freeze(stack, ret ? 0 : dumpflt_silence_patience(stack)))
		ret = -ETIMEDOUT;
	return ret;
}

/**
 * dumpflt_page_cache_refuse - pages that were written without a session
 * @stack: the stack, live, no session
 *
 * They are refused now, and must be neither written nor read in the one that begins.
 * A page may get dirty between the writeback and the end of the freeze, so that it is
 * looked at behind both. That they are refused is no news to their writer; that it
 * is not over in time is.
 *
 * Context: process context, stack lock held; sleeps. The queue is frozen
 * afterwards in any case.
 * Return: 0; -ETIMEDOUT if not all are answered; -EBUSY if there are always more.
 */
int dumpflt_page_cache_refuse(struct dumpflt_stack *stack)
{
	unsigned int tries = TRIES;
	int ret;

	for (;;) {
		ret = refuse_pages(stack);
		if (ret || !dumpflt_page_cache_is_dirty(stack))
			return ret;
		if (!--tries)
			return -EBUSY;
		dumpflt_disk_unfreeze(stack);
	}
}

static void do_drop(struct work_struct *work)
{
	struct dumpflt_deferred *deferred =
		container_of(work, struct dumpflt_deferred, work);
	struct dumpflt_stack *stack =
		container_of(deferred, struct dumpflt_stack, dropping);

	sync_blockdev(stack->disk_bdev);
	/* also lets go of buffers that each CPU remembers, whose pages would stay */
	invalidate_bdev(stack->disk_bdev);
	invalidate_inode_pages2(dumpflt_compat_bdev_mapping(stack->disk_bdev));
	dumpflt_pending_end(&deferred->pending);
}

/**
 * dumpflt_page_cache_init - prepare a new stack
 * @stack: zeroed, but for its list of what is pending
 *
 * Context: process context.
 */
void dumpflt_page_cache_init(struct dumpflt_stack *stack)
{
	INIT_WORK(&stack->dropping.work, do_drop);
	dumpflt_pending_init(stack, &stack->dropping.pending);
}

/**
 * dumpflt_page_cache_drop - nobody has from there what a session took or gave out
 * @stack: the stack, session over, requests let in again
 * @idle: nothing of the session is under way
 *
 * What is dirty is refused first. Pages are waited for, as whoever reads or writes
 * one now has his answer at once. Not so if the target still owes one: a page that is
 * read from it is locked for as long, and only what nobody uses can be dropped. Nor if
 * the block layer holds back somebody's bio, as io.max of a cgroup has it do: then the
 * rest is left to the worker, and the stack is busy until that is done. To take the
 * stack device away would wait for that page without an end.
 *
 * Context: process context, stack lock held; sleeps, for DROP_MS at most.
 */
void dumpflt_page_cache_drop(struct dumpflt_stack *stack, bool idle)
{
	struct dumpflt_deferred *dropping = &stack->dropping;

	if (idle) {
		dumpflt_pending_begin(&dropping->pending);
		queue_work(dumpflt_wq, &dropping->work);
		if (!dumpflt_pending_wait(&dropping->pending, DROP_MS))
			return;
	}
	unmap_mapping_range(dumpflt_compat_bdev_mapping(stack->disk_bdev), 0, 0,
			    1);
	invalidate_bdev(stack->disk_bdev);
}
