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

#include "core.h"
#include "io.h"

#ifdef CONFIG_HIGHMEM
#error "filters are promised mapped pages, which a kernel with HIGHMEM lacks"
#endif

/**
 * dumpflt_chain_source - set up a request's data for the filters
 * @ctx: the request's context
 * @rq: the request
 *
 * Context: process context, in the lane; does not sleep or allocate.
 * Return: 0, or -EIO if the request has more segments than were announced.
 */
int dumpflt_chain_source(struct dumpflt_ctx *ctx, struct request *rq)
{
	struct dumpflt_call *call = &ctx->call;
	struct req_iterator iter;
	struct bio_vec bv;

	ctx->nr_source = 0;
	rq_for_each_bvec(bv, rq, iter) {
		/* cannot be: the block layer splits by our limits */
		if (WARN_ON_ONCE(ctx->nr_source ==
				 ctx->stack->limits.max_segments))
			return -EIO;
		/* normalise, so that a page pointer is where the data begins */
		bv.bv_page += bv.bv_offset >> PAGE_SHIFT;
		bv.bv_offset = offset_in_page(bv.bv_offset);
		ctx->source[ctx->nr_source] = bv;
		ctx->table[ctx->nr_source] = bv;
		ctx->nr_source++;
	}
	memset(call, 0, sizeof(*call));
	call->io.offset = (u64)blk_rq_pos(rq) << SECTOR_SHIFT;
	call->io.len = blk_rq_bytes(rq);
	call->io.lane = ctx->lane->index;
	call->io.nr_segs = ctx->nr_source;
	call->io.segs = ctx->table;
	return 0;
}

/**
 * dumpflt_chain_write - take a write through the filters
 * @ctx: after dumpflt_chain_source()
 *
 * Context: process context, in the lane; does not sleep or allocate.
 * Return: 0 and the data for the target in @ctx->call.io; else a negative
 * errno, and nothing of this write may reach the target.
 */
int dumpflt_chain_write(struct dumpflt_ctx *ctx)
{
	struct dumpflt_stack *stack = ctx->stack;
	unsigned int i;
	int ret;

	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];

		if (!inst->active || !inst->ops.write)
			continue;
		ret = dumpflt_call_io(inst, DUMPFLT_CB_WRITE, &ctx->call);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * dumpflt_chain_read - take what the target read through the filters
 * @ctx: after dumpflt_chain_source()
 *
 * Context: process context, in the lane; does not sleep or allocate.
 * Return: 0, or a negative errno.
 */
int dumpflt_chain_read(struct dumpflt_ctx *ctx)
{
	struct dumpflt_stack *stack = ctx->stack;
	unsigned int i;
	int ret;

	for (i = stack->nr_inst; i-- > 0; ) {
		struct dumpflt_instance *inst = stack->inst[i];

		if (!inst->active || !inst->reads)
			continue;
		ret = dumpflt_call_io(inst, DUMPFLT_CB_READ, &ctx->call);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * dumpflt_chain_unreadable - is there a filter that hides the data for good?
 * @stack: the stack
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
