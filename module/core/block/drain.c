// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that is above goes down: dirty pages of the stack device through
 * the filters, requests to the target. Each with a deadline.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

#include "block/block.h"

static void do_writeback(struct work_struct *work)
{
	struct dumpflt_deferred *deferred =
		container_of(work, struct dumpflt_deferred, work);
	struct dumpflt_stack *stack =
		container_of(deferred, struct dumpflt_stack, writeback);

	deferred->err = sync_blockdev(stack->disk->part0);
	dumpflt_pending_end(&deferred->pending);
}

static int freeze(struct dumpflt_stack *stack, unsigned int ms)
{
	struct request_queue *q = stack->disk->queue;

	blk_freeze_queue_start(q);
	if (!blk_mq_freeze_queue_wait_timeout(q, msecs_to_jiffies(ms)))
		return -ETIMEDOUT;
	return 0;
}

/**
 * dumpflt_disk_unfreeze - let requests in again
 * @stack: the stack, after dumpflt_disk_freeze()
 *
 * Context: process context, stack lock held.
 */
void dumpflt_disk_unfreeze(struct dumpflt_stack *stack)
{
	dumpflt_compat_unfreeze(stack->disk->queue);
}

/* Requests that outlived their deadline: nobody says when the last one is over */
static bool is_drained(struct dumpflt_pending *pending)
{
	struct dumpflt_stack *stack = container_of(pending,
						   struct dumpflt_stack, drain);
	int ret = freeze(stack, 100);

	dumpflt_disk_unfreeze(stack);
	return !ret;
}

/**
 * dumpflt_drain_init - prepare a new stack
 * @stack: the stack
 *
 * Context: process context.
 */
void dumpflt_drain_init(struct dumpflt_stack *stack)
{
	INIT_WORK(&stack->writeback.work, do_writeback);
	dumpflt_pending_init(stack, &stack->writeback.pending);
	stack->drain.ask = is_drained;
	dumpflt_pending_init(stack, &stack->drain);
}

/**
 * dumpflt_disk_writeback - write the stack device's dirty pages
 * @stack: the stack; no other writeback of it is under way
 *
 * In a dump session they go through the filters. Otherwise they are refused,
 * as any write is.
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms.
 * Return: 0; -ETIMEDOUT; or what became of the pages, or of earlier ones
 * whose error nobody has asked for yet.
 */
int dumpflt_disk_writeback(struct dumpflt_stack *stack)
{
	struct dumpflt_deferred *deferred = &stack->writeback;
	int ret;

	dumpflt_pending_begin(&deferred->pending);
	queue_work(dumpflt_compat_unbound_wq, &deferred->work);
	ret = dumpflt_pending_wait(&deferred->pending, stack->timeout_ms);
	return ret ?: deferred->err;
}

/**
 * dumpflt_disk_freeze - let no request in, and wait for those that are in
 * @stack: the stack, live
 * @ms: how long to wait at most
 *
 * To be undone with dumpflt_disk_unfreeze(), whatever it returns.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0, or -ETIMEDOUT if requests are still in flight.
 */
int dumpflt_disk_freeze(struct dumpflt_stack *stack, unsigned int ms)
{
	int ret;

	dumpflt_pending_begin(&stack->drain);
	ret = freeze(stack, ms);
	if (!ret)
		stack->drain.busy = false;
	return ret;
}
