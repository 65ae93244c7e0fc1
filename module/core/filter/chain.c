// SPDX-License-Identifier: GPL-2.0-only
/*
 * One write or read through all filters, and what filters may do with it.
 *
 * Writes go in list order, reads in the reverse (C20, C21), so that a stack
 * of encoders is undone exactly. Each filter sees what the one before it
 * installed (C23). The first error ends the walk (C27, C29).
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/highmem.h>

#include "filter/filter.h"

#ifdef CONFIG_HIGHMEM
#error "filters are promised mapped pages, which a kernel with HIGHMEM lacks"
#endif

/**
 * dumpflt_chain_begin - set up data for the filters
 * @call: source, table and whose they are set
 * @offset: of the data, as the filters see it
 * @len: bytes of the data in @call->source
 * @lane: where the filters are called
 *
 * Context: process context; does not sleep or allocate.
 */
void dumpflt_chain_begin(struct dumpflt_call *call, u64 offset, u32 len,
			 u32 lane)
{
	memcpy(call->table, call->source,
	       call->nr_source * sizeof(*call->table));
	memset(&call->io, 0, sizeof(call->io));
	call->io.offset = offset;
	call->io.len = len;
	call->io.lane = lane;
	call->io.nr_segs = call->nr_source;
	call->io.segs = call->table;
	call->bounce = NULL;
	call->replaced = false;
}

/*
 * The session may have ended while the request waited for a silent target, or for
 * its CPU: then nobody has filtered it, and it must go nowhere.
 */
static int in_time(const struct dumpflt_call *call)
{
	return dumpflt_session_is_open(call->stack) ? 0 : -EIO;
}

/**
 * dumpflt_chain_write - take a write through the filters
 * @call: after dumpflt_chain_begin()
 *
 * Context: process context, in the lane; does not sleep or allocate.
 * Return: 0 and the data for the target in @call->io; else a negative
 * errno, and nothing of this write may reach the target.
 */
int dumpflt_chain_write(struct dumpflt_call *call)
{
	struct dumpflt_stack *stack = call->stack;
	unsigned int i;
	int ret;

	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];

		if (!inst->ops.write)
			continue;
		ret = dumpflt_call_io(inst, DUMPFLT_CB_WRITE, call);
		if (ret)
			return ret;
	}
	return in_time(call);
}

/**
 * dumpflt_chain_read - take what the target read through the filters
 * @call: after dumpflt_chain_begin()
 *
 * Context: process context, in the lane; does not sleep or allocate.
 * Return: 0, or a negative errno.
 */
int dumpflt_chain_read(struct dumpflt_call *call)
{
	struct dumpflt_stack *stack = call->stack;
	unsigned int i;
	int ret;

	for (i = stack->nr_inst; i-- > 0; ) {
		struct dumpflt_instance *inst = stack->inst[i];

		if (!inst->reads)
			continue;
		ret = dumpflt_call_io(inst, DUMPFLT_CB_READ, call);
		if (ret)
			return ret;
	}
	return in_time(call);
}

/**
 * dumpflt_chain_unreadable - is there a filter that hides the data for good?
 * @stack: live, so that no instance comes or goes
 *
 * A filter that changes data but cannot read would let the reader see bytes
 * that are not the dump.
 *
 * Context: any, while live.
 * Return: the first such instance, or %NULL.
 */
struct dumpflt_instance *dumpflt_chain_unreadable(struct dumpflt_stack *stack)
{
	unsigned int i;

	for (i = 0; i < stack->nr_inst; i++)
		if ((stack->inst[i]->flags & DUMPFLT_F_BOUNCE) &&
		    !stack->inst[i]->reads)
			return stack->inst[i];
	return NULL;
}

/**
 * dumpflt_chain_readable - can a dump be read back through the filters?
 * @stack: live
 *
 * Context: stack lock held.
 * Return: 0; -EOPNOTSUPP, with words.
 */
int dumpflt_chain_readable(struct dumpflt_stack *stack)
{
	struct dumpflt_instance *inst = dumpflt_chain_unreadable(stack);

	if (!inst)
		return 0;
	dumpflt_note(stack, inst, -EOPNOTSUPP,
		     "changes data but cannot read it back");
	return -EOPNOTSUPP;
}
