// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long has the target been silent?
 *
 * A target is silent while it has been asked for something and answers nothing at
 * all. One that is slow, but answers now and then, is not; nor is one that nobody
 * asks, as a filter is at work. That it is silent is said at once; only when it has
 * lasted for timeout_ms is the dump given up, as most targets come back (a path
 * that fails over, a server that restarts).
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>

#include "base/silence.h"

/* After so long it is worth a line in the log */
#define REPORT_MS	10000
/* A filter has at least so long for one request: its time is not the target's */
#define CALL_MS		5000U

/**
 * dumpflt_silence_init - nobody has been asked for anything
 * @silence: the target's
 *
 * Context: any.
 */
void dumpflt_silence_init(struct dumpflt_silence *silence)
{
	init_waitqueue_head(&silence->answered);
}

/**
 * dumpflt_silence_ask - the target is asked for something
 * @stack: its target is open
 *
 * Called before it can answer, so that no answer is counted without its question.
 *
 * Context: any.
 */
void dumpflt_silence_ask(struct dumpflt_stack *stack)
{
	struct dumpflt_silence *silence = &stack->silence;

	if (atomic_read(&silence->asked) <= 0) {
		WRITE_ONCE(silence->since, jiffies);
		WRITE_ONCE(silence->reported, false);
	}
	/* pairs with dumpflt_silence_ms(): who sees it asked does not see an old time */
	smp_mb__before_atomic();
	atomic_inc(&silence->asked);
}

/**
 * dumpflt_silence_answer - the target has answered, whatever it said
 * @stack: for which dumpflt_silence_ask() was called before
 *
 * Context: any, interrupts included.
 */
void dumpflt_silence_answer(struct dumpflt_stack *stack)
{
	struct dumpflt_silence *silence = &stack->silence;

	WRITE_ONCE(silence->since, jiffies);
	/* whoever waits behind the core's own bios sees that they get on */
	WRITE_ONCE(stack->last_progress, jiffies);
	WRITE_ONCE(silence->reported, false);
	atomic_dec(&silence->asked);
}

/**
 * dumpflt_silence_call - a filter is called
 * @stack: live, in a session
 *
 * What its lane has asked of the target before may still be plugged, that is, the
 * target has not seen it yet; so the filter's time must not count.
 *
 * Context: any.
 */
void dumpflt_silence_call(struct dumpflt_stack *stack)
{
	atomic_inc(&stack->silence.calls);
}

/**
 * dumpflt_silence_return - undo dumpflt_silence_call()
 * @stack: the same
 *
 * Context: any.
 */
void dumpflt_silence_return(struct dumpflt_stack *stack)
{
	WRITE_ONCE(stack->silence.since, jiffies);
	WRITE_ONCE(stack->last_progress, jiffies);
	/* pairs with dumpflt_silence_ms(): who does not see the call sees its end */
	smp_mb__before_atomic();
	atomic_dec(&stack->silence.calls);
}

/**
 * dumpflt_silence_ms - for how long has it answered nothing?
 * @stack: in any state; its lock need not be held
 *
 * A target that is silent soon has no filter at work: its lanes wait for it.
 *
 * Context: any.
 * Return: milliseconds; 0 if nothing is asked of it, or a filter is at work.
 */
unsigned int dumpflt_silence_ms(struct dumpflt_stack *stack)
{
	struct dumpflt_silence *silence = &stack->silence;

	/* pairs with dumpflt_silence_return() and dumpflt_silence_ask() */
	if (atomic_read_acquire(&silence->calls) > 0 ||
	    atomic_read_acquire(&silence->asked) <= 0)
		return 0;
	return jiffies_to_msecs(jiffies - READ_ONCE(silence->since));
}

/**
 * dumpflt_silence_bound - from now on all waits together have one end
 * @stack: its lock is held
 * @ms: how long each may take at most
 * @nr: so many of them may take all of it
 * @least_ms: but all together at least @nr times this
 *
 * Context: any.
 */
void dumpflt_silence_bound(struct dumpflt_stack *stack, unsigned int ms,
			   unsigned int nr, unsigned int least_ms)
{
	WRITE_ONCE(stack->wait_ms, ms);
	/* who sees it sees @ms: pairs with dumpflt_silence_patience(). 0 would be none */
	smp_store_release(&stack->end_by,
			  (jiffies + nr * msecs_to_jiffies(max(ms, least_ms))) | 1);
}

/**
 * dumpflt_silence_extend - a filter has taken time that is not the target's
 * @stack: its lock is held
 * @spent: jiffies
 *
 * Context: any.
 */
void dumpflt_silence_extend(struct dumpflt_stack *stack, unsigned long spent)
{
	if (stack->end_by)
		WRITE_ONCE(stack->end_by, (stack->end_by + spent) | 1);
}

/**
 * dumpflt_silence_unbound - undo dumpflt_silence_bound()
 * @stack: its lock is held
 *
 * Context: any.
 */
void dumpflt_silence_unbound(struct dumpflt_stack *stack)
{
	WRITE_ONCE(stack->end_by, 0);
}

/**
 * dumpflt_silence_patience - how long may the next answer take?
 * @stack: its timeout_ms is the answer, unless dumpflt_silence_bound() was called
 *
 * While a stack goes live, and a session begins or ends, there is a limit to the sum
 * of all waits, too.
 *
 * Context: process context.
 * Return: milliseconds.
 */
unsigned int dumpflt_silence_patience(const struct dumpflt_stack *stack)
{
	/* pairs with dumpflt_silence_bound() */
	unsigned long end_by = smp_load_acquire(&stack->end_by), now = jiffies;

	if (!end_by)
		return stack->timeout_ms;
	if (time_after_eq(now, end_by))
		return 0;
	return min(READ_ONCE(stack->wait_ms), jiffies_to_msecs(end_by - now));
}

/**
 * dumpflt_silence_left - how long yet, if nothing goes on from here on?
 * @stack: in any state; its lock need not be held
 * @begin: since when somebody waits for its target, in jiffies
 * @ms: how long nothing may happen
 *
 * Slow is not silent: the wait begins anew with each answer of the target, until
 * @stack->end_by if that is set.
 *
 * Context: any.
 * Return: jiffies; 0 or less if the wait is over.
 */
long dumpflt_silence_left(const struct dumpflt_stack *stack,
			  unsigned long begin, unsigned int ms)
{
	unsigned long since = READ_ONCE(stack->last_progress);
	unsigned long until = (time_before(since, begin) ? begin : since) +
			      msecs_to_jiffies(ms);
	/* pairs with dumpflt_silence_bound() */
	unsigned long end_by = smp_load_acquire(&stack->end_by);

	return (end_by && time_after(until, end_by) ? end_by : until) - jiffies;
}

/**
 * dumpflt_silence_left_all - the same, for who waits for the filters as well
 * @stack: in any state; its lock need not be held
 * @begin: since when, in jiffies
 * @ms: how long nothing may happen, but for a filter at work
 *
 * Context: any.
 * Return: jiffies; 0 or less if the wait is over.
 */
long dumpflt_silence_left_all(const struct dumpflt_stack *stack,
			      unsigned long begin, unsigned int ms)
{
	bool in_call = atomic_read(&stack->silence.calls) > 0;

	return dumpflt_silence_left(stack, begin,
				    in_call ? max(ms, CALL_MS) : ms);
}

/**
 * dumpflt_silence_report - say once that it is silent, if it has been for long
 * @stack: in any state; its lock need not be held
 *
 * Context: any.
 */
void dumpflt_silence_report(struct dumpflt_stack *stack)
{
	struct dumpflt_silence *silence = &stack->silence;
	unsigned int ms = dumpflt_silence_ms(stack), limit = stack->timeout_ms;

	/* a reboot waits for less */
	if (smp_load_acquire(&stack->end_by))
		limit = READ_ONCE(stack->wait_ms);
	if (ms < min_t(unsigned int, REPORT_MS, limit / 2) ||
	    READ_ONCE(silence->reported))
		return;
	WRITE_ONCE(silence->reported, true);
	pr_warn("%s: the target has not answered for %u ms; the dump fails if that lasts for %u ms\n",
		stack->name, ms, limit);
}
