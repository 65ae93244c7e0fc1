// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of all that is under way at the end of a session: for whom it waits, and who
 * is to blame if that takes too long.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>

#include "base/silence.h"
#include "block/block.h"

/* How long the end of a dump waits for who reads besides */
#define READERS_MS	100
/* How many waits the rest of the end may take behind a filter that took too long */
#define REST_WAITS	2

/* Or does something go on, and only the time for all of it is over? */
static bool is_stuck(const struct dumpflt_stack *stack, unsigned int ms)
{
	return jiffies_to_msecs(jiffies - READ_ONCE(stack->last_progress)) >= ms;
}

/*
 * A filter that takes too long has failed the dump, but not the target: when the
 * filter is back, what waits behind it is refused, and the receipt can be written.
 */
static int wait_for_filter(struct dumpflt_stack *stack,
			   struct dumpflt_instance *inst)
{
	dumpflt_fail(stack, inst, -ETIMEDOUT,
		     "finish: it has not come back from a request for too long");
	dumpflt_stack_set_state(stack, DUMPFLT_FINISHING);
	dumpflt_lanes_wait(stack);
	dumpflt_silence_bound(stack, stack->wait_ms, REST_WAITS, DUMPFLT_WAIT_MIN_MS);
	return dumpflt_disk_wait(stack, stack->wait_ms);
}

/* What filters have spent on data so far, in all lanes */
static u64 filters_ns(const struct dumpflt_stack *stack)
{
	unsigned int i;
	u64 ns = 0;

	for (i = 0; i < stack->nr_inst; i++)
		ns += atomic64_read(&stack->inst[i]->stat[DUMPFLT_CB_WRITE].ns) +
		      atomic64_read(&stack->inst[i]->stat[DUMPFLT_CB_READ].ns);
	return ns;
}

/*
 * The filter to blame: one that does not come back; or, if all goes on and only the
 * time for it is over, one at work where filters took most of @ns, of which @in_filters.
 */
static struct dumpflt_instance *late_filter(struct dumpflt_stack *stack, bool stuck,
					    u64 ns, u64 in_filters)
{
	struct dumpflt_instance *inst = dumpflt_lanes_filter(stack);

	return stuck || in_filters > ns / 2 * stack->limits.nr_lanes ? inst : NULL;
}

/*
 * Somebody's reads besides the dump, which the target has to answer, are not waited for.
 * One that waits for a request to be free, or for its CPU, is not counted yet, so that
 * it does not matter whether there are any.
 */
static int wait_but_for_reads(struct dumpflt_stack *stack, unsigned int ms)
{
	int ret;

	if (!dumpflt_disk_wait(stack, READERS_MS))
		return 0;
	ret = dumpflt_disk_wait_reads_alone(stack, ms);
	if (ret && atomic_read(&stack->reads))
		dumpflt_fail(stack, NULL, ret,
			     "finish: the target has not answered reads besides the dump for %u ms, and writes may wait behind them",
			     ms);
	return ret;
}

/**
 * dumpflt_settle - F1: after this every write has completed, or the dump has failed
 * @stack: the stack, in a session, its waits bounded
 * @read: it reads a dump back
 * @ms: how long nothing may happen
 *
 * Lets no request in; to be undone with dumpflt_disk_unfreeze(). What somebody reads
 * besides is not waited for, if it is the target that has to answer; but a write that
 * waits behind such reads is.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: %true if nothing at all is under way.
 */
bool dumpflt_settle(struct dumpflt_stack *stack, bool read, unsigned int ms)
{
	u64 begin = ktime_get_ns(), in_filters = filters_ns(stack);
	int ret = dumpflt_disk_drain(stack, ms);
	struct dumpflt_instance *inst;
	bool stuck;

	if (!ret)
		ret = read || stack->layout->answers_reads ?
			      dumpflt_disk_wait(stack, ms) :
			      wait_but_for_reads(stack, ms);
	if (!ret)
		return !atomic_read(&stack->reads);
	stuck = is_stuck(stack, ms);
	inst = late_filter(stack, stuck, ktime_get_ns() - begin,
			   filters_ns(stack) - in_filters);
	if (inst && !wait_for_filter(stack, inst))
		return true;
	stack->is_silent = true;
	if (stuck)
		dumpflt_fail(stack, NULL, ret,
			     "finish: the target has not answered for %u ms", ms);
	else
		dumpflt_fail(stack, NULL, ret,
			     "finish: the target answers, but too slowly: the time for the end of a dump is over");
	return false;
}
