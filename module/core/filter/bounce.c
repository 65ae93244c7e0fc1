// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bounce buffers: where a write's data is once a filter has changed it.
 *
 * The first filter that changes data reads the source and writes the buffer,
 * later ones work in place on it. So a write needs one, whatever filters there
 * are.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "filter/filter.h"

static size_t buffer_size(const struct dumpflt_stack *stack)
{
	return (size_t)stack->limits.max_pages * PAGE_SIZE;
}

static bool is_wanted(const struct dumpflt_stack *stack)
{
	unsigned int i;

	for (i = 0; i < stack->nr_inst; i++)
		if (stack->inst[i]->flags & DUMPFLT_F_BOUNCE)
			return true;
	return false;
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
 * One for each request or chunk that can be in flight, so that a buffer stays
 * as it is until the target has it (C39), and nothing is allocated later (C44).
 *
 * Context: process context, stack lock held; allocates.
 * Return: 0 or -ENOMEM; what was allocated is for dumpflt_bounce_free().
 */
int dumpflt_bounce_alloc(struct dumpflt_stack *stack)
{
	unsigned int i, nr = stack->limits.nr_contexts;

	stack->nowhere = alloc_pages_exact(buffer_size(stack),
					   GFP_KERNEL | __GFP_ZERO);
	if (!stack->nowhere)
		return -ENOMEM;
	if (!is_wanted(stack))
		return 0;
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
	unsigned int i, nr = stack->limits.nr_contexts;

	free_buffer(stack, stack->nowhere);
	stack->nowhere = NULL;
	if (!stack->bounce)
		return;
	for (i = 0; i < nr; i++)
		free_buffer(stack, stack->bounce[i]);
	kvfree(stack->bounce);
	stack->bounce = NULL;
}
