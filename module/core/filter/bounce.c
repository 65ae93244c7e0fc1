// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bounce buffers: where a write's data is once a filter has changed it.
 *
 * The first filter that changes data reads the source and writes the buffer.
 * Later ones work in place on it, or ask for a buffer, too: they get another one
 * than the data is in, so that what they do to it harms nobody who comes before
 * or behind them. So a write needs two at most, whatever filters there are. Where
 * there are two, each is empty when a filter gets it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "filter/filter.h"

static size_t buffer_size(const struct dumpflt_stack *stack)
{
	return (size_t)stack->limits.max_pages * PAGE_SIZE + stack->limits.room;
}

static unsigned int nr_wanted(const struct dumpflt_stack *stack)
{
	unsigned int i, nr = 0;

	for (i = 0; i < stack->nr_inst; i++)
		if (stack->inst[i]->flags & DUMPFLT_F_BOUNCE)
			nr++;
	return min(nr, 2U);
}

static void free_buffer(const struct dumpflt_stack *stack, void *buffer)
{
	if (!buffer)
		return;
	/* may hold data that a filter had not yet encrypted */
	memzero_explicit(buffer, buffer_size(stack));
	free_pages_exact(buffer, buffer_size(stack));
}

/**
 * dumpflt_bounce_alloc - allocate the bounce buffers, if a filter wants any
 * @stack: the stack, filters initialised, limits known
 *
 * For each request or chunk that can be in flight, so that a buffer stays as it
 * is until the target has it (C39), and nothing is allocated later (C44): one if
 * one filter wants any, two if more do.
 *
 * Context: process context, stack lock held; allocates.
 * Return: 0 or -ENOMEM; what was allocated is for dumpflt_bounce_free().
 */
int dumpflt_bounce_alloc(struct dumpflt_stack *stack)
{
	unsigned int i, nr;

	stack->nowhere = alloc_pages_exact(buffer_size(stack),
					   GFP_KERNEL | __GFP_ZERO);
	if (!stack->nowhere)
		return -ENOMEM;
	stack->nr_bounce = nr_wanted(stack);
	if (!stack->nr_bounce)
		return 0;
	nr = stack->limits.nr_contexts * stack->nr_bounce;
	stack->bounce = kvcalloc(nr, sizeof(*stack->bounce), GFP_KERNEL);
	if (!stack->bounce)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		stack->bounce[i] = alloc_pages_exact(buffer_size(stack),
						     GFP_KERNEL | __GFP_ZERO);
		if (!stack->bounce[i])
			return -ENOMEM;
	}
	return 0;
}

/**
 * dumpflt_bounce_free - undo dumpflt_bounce_alloc(), whole or in part
 * @stack: the stack; nothing is in flight
 *
 * Context: process context, stack lock held.
 */
void dumpflt_bounce_free(struct dumpflt_stack *stack)
{
	unsigned int i, nr = stack->limits.nr_contexts * stack->nr_bounce;

	free_buffer(stack, stack->nowhere);
	stack->nowhere = NULL;
	if (!stack->bounce)
		return;
	for (i = 0; i < nr; i++)
		free_buffer(stack, stack->bounce[i]);
	kvfree(stack->bounce);
	stack->bounce = NULL;
}

/**
 * dumpflt_bounce_choose - the buffer that an instance gets
 * @inst: active; its write() comes next
 * @call: the data; not yet in a buffer, or in one of @call->slot
 *
 * Context: any.
 * Return: the buffer, in which the data is not; %NULL if it wants none.
 */
void *dumpflt_bounce_choose(const struct dumpflt_instance *inst,
			    const struct dumpflt_call *call)
{
	const struct dumpflt_stack *stack = inst->stack;
	void **buffers, *buffer;

	if (!(inst->flags & DUMPFLT_F_BOUNCE))
		return NULL;
	buffers = &stack->bounce[call->slot * stack->nr_bounce];
	/* it is in one if another instance wanted any, so that there are two */
	if (call->replaced &&
	    page_address(call->single.bv_page) == buffers[0])
		buffer = buffers[1];
	else
		buffer = buffers[0];
	/* with data from before a cipher, which who does not fill it would send out */
	if (stack->nr_bounce > 1)
		memset(buffer, 0, call->io.len);
	return buffer;
}
