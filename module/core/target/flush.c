// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands between the last write of a dump and the word "complete".
 *
 * The rules, of which plain mode has all but F3 and F5:
 *
 *  F1 every data bio of the session has completed before finish runs
 *  F2 finish runs for every filter that started, in order, even if one fails
 *  F3 chunk metadata is written and completed (a dump area has that)
 *  F4 a flush is issued on the target's queue and its status is read
 *  F5 the receipt is written, then flushed (a dump area has that)
 *  F6 only now does any part of the system say "complete"
 *  F7 the first error is kept and makes the dump failed, never complete
 *  F8 the machine is not rebooted before F6 or a reported failure
 *  F9 plain mode keeps F1, F2, F4, F6, F7 and F8; it has no receipt
 *
 * In dumpflt_session_end():
 *
 *	writeback    pages of the stack device that a buffered writer left
 *	freeze       F1: no request is let in, those that are in complete
 *	area_close   area: rest of the dump; the trailer, which is the last write
 *	finish_all   F2
 *	area_end     F3, flush, F5; in plain mode only the flush:
 *	flush        F4: an empty bio with REQ_PREFLUSH, which blk-flush.c makes
 *	             a REQ_OP_FLUSH request if the target has a write cache
 *	set_state    F6, or failed (F7)
 *	unfreeze
 *
 * A writer's own flush (fsync) goes to the target as well, but proves nothing
 * about the writes after it, so F4 is never left out.
 *
 * Every wait has a deadline. What outlives its deadline stays known as busy
 * until it is answered, as it works on memory of the stack.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/ktime.h>

#include "base/trace.h"
#include "target/target.h"

static void do_writeback(struct work_struct *work)
{
	struct dumpflt_deferred *deferred =
		container_of(work, struct dumpflt_deferred, work);
	struct dumpflt_stack *stack =
		container_of(deferred, struct dumpflt_stack, writeback);

	deferred->err = sync_blockdev(stack->disk->part0);
	complete(&deferred->done);
}

/**
 * dumpflt_flush_init - prepare a new stack
 * @stack: the stack
 *
 * Context: any.
 */
void dumpflt_flush_init(struct dumpflt_stack *stack)
{
	INIT_WORK(&stack->writeback.work, do_writeback);
	init_completion(&stack->writeback.done);
	dumpflt_sync_init(&stack->sync);
}

/**
 * dumpflt_flush_writeback - write the stack device's dirty pages
 * @stack: the stack; no other writeback of it is under way
 *
 * In a dump session they go through the filters. Otherwise they are refused,
 * as any write is.
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms.
 * Return: 0; -ETIMEDOUT; or what became of the pages, or of earlier ones
 * whose error nobody has asked for yet.
 */
int dumpflt_flush_writeback(struct dumpflt_stack *stack)
{
	struct dumpflt_deferred *deferred = &stack->writeback;

	reinit_completion(&deferred->done);
	deferred->pending = true;
	queue_work(dumpflt_compat_unbound_wq, &deferred->work);
	if (!wait_for_completion_timeout(&deferred->done,
					 msecs_to_jiffies(stack->timeout_ms)))
		return -ETIMEDOUT;
	deferred->pending = false;
	return deferred->err;
}

/**
 * dumpflt_flush_target - F4: flush the target's cache and read the answer
 * @stack: the stack; all writes have completed
 *
 * An error fails the session. Also issued if it has failed already: what is
 * on the disk of a failed dump may still be of use.
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms.
 * Return: 0 or a negative errno.
 */
int dumpflt_flush_target(struct dumpflt_stack *stack)
{
	u64 ns = ktime_get_ns();
	int err;

	err = dumpflt_sync_io(stack, &stack->sync,
			      REQ_OP_WRITE | REQ_SYNC | REQ_PREFLUSH, NULL, 0,
			      0);
	trace_dumpflt_flush(stack->name, stack->target.bdev->bd_dev, err,
			    ktime_get_ns() - ns);
	stack->flush_err = err;
	if (err)
		dumpflt_fail(stack, NULL, err,
			     "flush of the target's cache failed");
	return err;
}

/**
 * dumpflt_flush_is_busy - is a writeback or a flush still under way?
 * @stack: the stack, no session
 *
 * Context: process context, stack lock held.
 * Return: true if so.
 */
bool dumpflt_flush_is_busy(struct dumpflt_stack *stack)
{
	if (stack->writeback.pending &&
	    completion_done(&stack->writeback.done))
		stack->writeback.pending = false;
	return stack->writeback.pending || dumpflt_sync_is_busy(&stack->sync);
}
