// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may outlive its deadline: bios and requests that the target does not
 * answer, and work that waits for them.
 *
 * It still works on memory of the stack then, so that it stays known as busy
 * until it is over: nothing can be begun anew or torn down before that.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/jiffies.h>

#include "base/pending.h"
#include "base/silence.h"
#include "base/types.h"

/**
 * dumpflt_pending_init - make something known that will have a deadline
 * @stack: the stack whose memory it works on
 * @pending: zeroed, but for @pending->ask
 *
 * Context: process context, no session of the stack.
 */
void dumpflt_pending_init(struct dumpflt_stack *stack,
			  struct dumpflt_pending *pending)
{
	pending->stack = stack;
	init_completion(&pending->done);
	list_add_tail(&pending->link, &stack->pending);
}

/**
 * dumpflt_pending_exit - undo dumpflt_pending_init()
 * @pending: not busy; if it is zeroed, there is nothing to undo
 *
 * Context: process context, no session of the stack.
 */
void dumpflt_pending_exit(struct dumpflt_pending *pending)
{
	if (pending->link.next)
		list_del(&pending->link);
}

/**
 * dumpflt_pending_begin - from here on it is under way
 * @pending: not busy
 *
 * Context: process context.
 */
void dumpflt_pending_begin(struct dumpflt_pending *pending)
{
	reinit_completion(&pending->done);
	pending->busy = true;
}

/**
 * dumpflt_pending_end - it is over
 * @pending: begun
 *
 * Context: any, interrupts included.
 */
void dumpflt_pending_end(struct dumpflt_pending *pending)
{
	complete(&pending->done);
}

/**
 * dumpflt_pending_wait - wait until it is over
 * @pending: begun
 * @ms: how long at most
 *
 * A target that is silent meanwhile is reported.
 *
 * Context: process context, whoever began it; sleeps.
 * Return: 0, or -ETIMEDOUT: then @pending stays busy.
 */
int dumpflt_pending_wait(struct dumpflt_pending *pending, unsigned int ms)
{
	unsigned long left = msecs_to_jiffies(ms);

	for (;;) {
		unsigned long piece = min_t(unsigned long, left, HZ);

		if (wait_for_completion_timeout(&pending->done, piece))
			break;
		dumpflt_silence_report(pending->stack);
		left -= piece;
		if (!left)
			return -ETIMEDOUT;
	}
	pending->busy = false;
	return 0;
}

/**
 * dumpflt_pending_wait_answer - wait until the target has answered it
 * @pending: begun
 * @ms: how long nothing may happen
 *
 * Slow is not silent: it may be the last of many things that the target was asked for,
 * and as long as that gets on with them it is waited for, until @stack->end_by if that
 * is set.
 *
 * Context: process context, whoever began it; sleeps.
 * Return: 0, or -ETIMEDOUT: then @pending stays busy.
 */
int dumpflt_pending_wait_answer(struct dumpflt_pending *pending, unsigned int ms)
{
	unsigned long begin = jiffies;

	for (;;) {
		long left = dumpflt_silence_left(pending->stack, begin, ms);

		if (wait_for_completion_timeout(&pending->done,
						clamp_t(long, left, 0, HZ)))
			break;
		if (left <= 0)
			return -ETIMEDOUT;
		dumpflt_silence_report(pending->stack);
	}
	pending->busy = false;
	return 0;
}

/**
 * dumpflt_pending_has_ended - may it be waited for without a wait?
 * @pending: begun, and not waited for since
 *
 * Context: process context, whoever may begin it; does not sleep.
 * Return: true if so.
 */
bool dumpflt_pending_has_ended(struct dumpflt_pending *pending)
{
	return completion_done(&pending->done);
}

/**
 * dumpflt_pending_is_busy - is it still under way?
 * @pending: initialised, whether it was ever begun or not
 *
 * Context: process context, whoever may begin it; may sleep for a moment.
 * Return: true if so.
 */
bool dumpflt_pending_is_busy(struct dumpflt_pending *pending)
{
	if (pending->busy)
		pending->busy = pending->ask ? !pending->ask(pending) :
					       !completion_done(&pending->done);
	return pending->busy;
}

/**
 * dumpflt_stack_is_busy - does the target still hold something of ours?
 * @stack: the stack, live, no session
 *
 * Context: process context, stack lock held; may sleep for a moment.
 * Return: true if so.
 */
bool dumpflt_stack_is_busy(struct dumpflt_stack *stack)
{
	struct dumpflt_pending *pending;

	lockdep_assert_held(&stack->lock);

	list_for_each_entry(pending, &stack->pending, link)
		if (dumpflt_pending_is_busy(pending))
			return true;
	return false;
}
