// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which lane handles which request, and which filter is at work in one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blk-mq.h>
#include <linux/delay.h>

#include "block/block.h"

/*
 * Spread over the lanes, not by CPU: a dump is written by one task, and all
 * lanes shall have a part of it. Neighbours from one task go to one lane, where
 * they become one request of the target, but not more of them than leave work
 * for the others. A plug may hand them over from the last to the first.
 */
static unsigned int next_lane(struct dumpflt_stack *stack,
			      const struct request *rq)
{
	struct dumpflt_run *run = &stack->run;
	unsigned int lane, nr = stack->limits.nr_lanes;
	sector_t begin = blk_rq_pos(rq), end = begin + blk_rq_sectors(rq);
	unsigned long flags;

	spin_lock_irqsave(&run->lock, flags);
	if (!run->left || run->task != current ||
	    (begin != run->end && end != run->begin)) {
		run->lane = (run->lane + 1) % nr;
		run->left = max(DUMPFLT_QUEUE_DEPTH / nr, 1U);
	}
	run->left--;
	run->task = current;
	run->begin = begin;
	run->end = end;
	lane = run->lane;
	spin_unlock_irqrestore(&run->lock, flags);
	return lane;
}

/**
 * dumpflt_lane_choose - which lane is to handle a request?
 * @stack: has a disk, so that its limits stay as they are
 * @rq: the request, its position and size known
 *
 * Only what is not a whole chunk, where there are chunks, and a read, for its record,
 * has to stay in order: in lane 0.
 *
 * Context: any.
 * Return: the number of the lane.
 */
unsigned int dumpflt_lane_choose(struct dumpflt_stack *stack,
				 const struct request *rq)
{
	u32 chunk_size = stack->limits.chunk_size;

	if (stack->limits.nr_lanes == 1)
		return 0;
	if (chunk_size && (req_op(rq) != REQ_OP_WRITE ||
			   blk_rq_bytes(rq) != chunk_size))
		return 0;
	return next_lane(stack, rq);
}

/**
 * dumpflt_lane_of_chunk - which lane is to open a chunk that was read?
 * @stack: live, with chunks
 * @chunk: number of the chunk
 *
 * Context: any.
 * Return: the number of the lane: neighbours have different ones.
 */
unsigned int dumpflt_lane_of_chunk(const struct dumpflt_stack *stack, u64 chunk)
{
	return (u32)chunk % stack->limits.nr_lanes;
}

/**
 * dumpflt_lanes_filter - is a filter at work?
 * @stack: live, its lock held, so that no instance goes
 *
 * Context: any.
 * Return: one that is at this moment, or %NULL.
 */
struct dumpflt_instance *dumpflt_lanes_filter(struct dumpflt_stack *stack)
{
	struct dumpflt_instance *inst = NULL;
	unsigned int i;

	for (i = 0; i < stack->limits.nr_lanes && !inst; i++)
		inst = READ_ONCE(stack->lanes[i].in_call);
	return inst;
}

/**
 * dumpflt_lanes_wait - wait until no filter is at work
 * @stack: live, in a state in which no callback begins
 *
 * After a drain that took too long a lane may still be in a callback. It does
 * not begin another one, as the state has changed; the one that it is in must
 * be over, and judged, before finish (C33, C34). A callback does not sleep, so
 * that this takes no longer than its work does.
 *
 * Context: process context, stack lock held; sleeps.
 */
void dumpflt_lanes_wait(struct dumpflt_stack *stack)
{
	unsigned int i;

	/* pairs with dumpflt_call_io(): it sees the state, or we see its flag */
	smp_mb();
	for (i = 0; i < stack->limits.nr_lanes; i++)
		/* pairs with the release there, when it has been judged */
		while (smp_load_acquire(&stack->lanes[i].in_call))
			usleep_range(1000, 2000);
}
