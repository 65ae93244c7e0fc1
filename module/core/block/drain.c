// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that is above goes down: dirty pages of the stack device through
 * the filters, requests to the target. Each with a deadline.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/jiffies.h>

#include "base/bounded.h"
#include "base/silence.h"
#include "block/block.h"

/* How long to look whether requests are over by now */
#define BUSY_MS	100
#define IDLE_MS	10000
/* How often to look who is in the queue */
#define LOOK_MS	10

static void do_writeback(struct work_struct *work)
{
	struct dumpflt_deferred *deferred =
		container_of(work, struct dumpflt_deferred, work);
	struct dumpflt_stack *stack =
		container_of(deferred, struct dumpflt_stack, writeback);

	deferred->err = sync_blockdev(stack->disk_bdev);
	dumpflt_pending_end(&deferred->pending);
}

/* Is nobody in the queue any more? Waits for that, but not for long */
static bool is_empty(struct dumpflt_stack *stack, unsigned long ticks)
{
	return blk_mq_freeze_queue_wait_timeout(stack->disk->queue, ticks);
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
	/* with nothing under way, only a grace period of RCU takes its time */
	bool idle = !atomic_read(&stack->writes) &&
		    !atomic_read(&stack->reads);
	bool empty;

	blk_freeze_queue_start(stack->disk->queue);
	empty = is_empty(stack, msecs_to_jiffies(idle ? IDLE_MS : BUSY_MS));
	dumpflt_disk_unfreeze(stack);
	return empty;
}

/**
 * dumpflt_drain_init - prepare a new stack
 * @stack: zeroed, but for its list of what is pending
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

/*
 * The one wait for what is above: as long as something goes on, however slowly,
 * and until @stack->end_by. @is_over waits itself, for so many jiffies at most.
 * Whoever gives a silent target up in this session has waited for all: what he then
 * refuses is no sign of life, and gets only the moment that it takes.
 */
static int wait_for(struct dumpflt_stack *stack, unsigned int ms,
		    bool (*is_over)(struct dumpflt_stack *stack,
				    unsigned long ticks))
{
	unsigned long begin = jiffies;

	for (;;) {
		bool given_up = READ_ONCE(stack->is_silent);
		long left = given_up ? msecs_to_jiffies(BUSY_MS) :
				       dumpflt_silence_left_all(stack, begin, ms);

		if (is_over(stack, clamp_t(long, left, 0, HZ)))
			return 0;
		if (given_up || left <= 0)
			return -ETIMEDOUT;
		dumpflt_silence_report(stack);
	}
}

static bool is_written_back(struct dumpflt_stack *stack, unsigned long ticks)
{
	return !dumpflt_pending_wait(&stack->writeback.pending,
				     jiffies_to_msecs(ticks));
}

/**
 * dumpflt_disk_writeback - write the stack device's dirty pages
 * @stack: the stack; no other writeback of it is under way
 * @ms: how long nothing may happen
 *
 * In a dump session they go through the filters. Otherwise they are refused,
 * as any write is. Slow is not silent: as long as pages get on it is waited for,
 * until @stack->end_by if that is set.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0; -ETIMEDOUT; or what became of the pages, or of earlier ones
 * whose error nobody has asked for yet.
 */
int dumpflt_disk_writeback(struct dumpflt_stack *stack, unsigned int ms)
{
	struct dumpflt_deferred *deferred = &stack->writeback;

	dumpflt_pending_begin(&deferred->pending);
	queue_work(dumpflt_wq, &deferred->work);
	return wait_for(stack, ms, is_written_back) ?: deferred->err;
}

/**
 * dumpflt_disk_wait - wait for all requests, whatever they are
 * @stack: the stack, frozen
 * @ms: how long nothing may happen
 *
 * Also for those whose tasks wait for a request to be free: with a slow target that
 * takes as often as long as there are more tasks than requests.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0, or -ETIMEDOUT if some are still in flight.
 */
int dumpflt_disk_wait(struct dumpflt_stack *stack, unsigned int ms)
{
	int ret = wait_for(stack, ms, is_empty);

	if (!ret)
		stack->drain.busy = false;
	return ret;
}

static bool all_written(struct dumpflt_stack *stack, unsigned long ticks)
{
	return wait_event_timeout(stack->silence.answered,
				  !atomic_read(&stack->writes), ticks);
}

/**
 * dumpflt_disk_wait_written - wait for the end of all writes
 * @stack: the stack, frozen
 * @ms: how long nothing may happen
 *
 * What goes on, however slowly, is waited for, and a filter at work has its own
 * time; until @stack->end_by at most.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0, or -ETIMEDOUT if writes are still in flight.
 */
int dumpflt_disk_wait_written(struct dumpflt_stack *stack, unsigned int ms)
{
	return wait_for(stack, ms, all_written);
}

/*
 * Is nobody in the queue but reads that the target has? Then it stays so, as nobody
 * comes in. In this order: a read that ends is not counted before it leaves, and one
 * that waited for a request is in the queue before it is counted.
 */
static bool only_reads(struct dumpflt_stack *stack, unsigned long ticks)
{
	long users = dumpflt_compat_queue_users(stack->disk->queue);
	bool over = users == atomic_read(&stack->reads);

	/* nobody says so when it gets true */
	if (!over && ticks)
		msleep(LOOK_MS);
	return over;
}

/**
 * dumpflt_disk_wait_reads_alone - wait until only reads are left
 * @stack: the stack, frozen
 * @ms: how long nothing may happen
 *
 * A write may have come in before the freeze, and wait for a request to be free,
 * as reads have them all. As dumpflt_disk_wait_written(), but for such a one, too.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0: no write is in flight, nor will be one until the stack is unfrozen;
 * -ETIMEDOUT: nobody knows.
 */
int dumpflt_disk_wait_reads_alone(struct dumpflt_stack *stack, unsigned int ms)
{
	return wait_for(stack, ms, only_reads);
}

/**
 * dumpflt_disk_drain - let no request in, and wait for the end of all writes
 * @stack: the stack, live
 * @ms: how long nothing may happen
 *
 * As dumpflt_disk_wait_written(). To be undone with dumpflt_disk_unfreeze(),
 * whatever it returns. Reads may still be under way afterwards.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0, or -ETIMEDOUT if writes are still in flight.
 */
int dumpflt_disk_drain(struct dumpflt_stack *stack, unsigned int ms)
{
	dumpflt_pending_begin(&stack->drain);
	blk_freeze_queue_start(stack->disk->queue);
	return dumpflt_disk_wait_written(stack, ms);
}

/**
 * dumpflt_disk_freeze - let no request in, and wait for those that are in
 * @stack: the stack, live
 * @ms: how long nothing may happen
 *
 * To be undone with dumpflt_disk_unfreeze(), whatever it returns.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0, or -ETIMEDOUT if requests are still in flight.
 */
int dumpflt_disk_freeze(struct dumpflt_stack *stack, unsigned int ms)
{
	dumpflt_pending_begin(&stack->drain);
	blk_freeze_queue_start(stack->disk->queue);
	return dumpflt_disk_wait(stack, ms);
}
