// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout "plain": the stack device maps 1:1 to the target, and nothing of
 * ours is on the disk.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/math.h>
#include <linux/slab.h>

#include "layout/area.h"

/* A dump would go over the dumps in an area */
static int open_plain(struct dumpflt_stack *stack)
{
	struct dumpflt_found found;
	int ret;

	ret = dumpflt_headers_find(stack, &found);
	if (ret || !found.header)
		return ret;
	kfree(found.header);
	dumpflt_fail(stack, NULL, -EEXIST,
		     "target %s holds a dump area: write 1 to 'area' to use it; zeros over its first and last 64 KiB remove it",
		     stack->path);
	return -EEXIST;
}

static int nothing_to_do(struct dumpflt_stack *stack)
{
	return 0;
}

static void nothing(struct dumpflt_stack *stack)
{
}

static u64 capacity(const struct dumpflt_stack *stack)
{
	return round_down(stack->target.size, stack->limits.block_size);
}

static int readable(struct dumpflt_stack *stack)
{
	struct dumpflt_instance *inst = dumpflt_chain_unreadable(stack);

	if (!inst)
		return 0;
	dumpflt_note(stack, inst, -EOPNOTSUPP,
		     "changes data but cannot read it back");
	return -EOPNOTSUPP;
}

static void left_out(struct dumpflt_stack *stack, unsigned int index)
{
}

/* All that there is to know of a plain dump is how much was written */
static void close_dump(struct dumpflt_stack *stack, u64 length)
{
	u64 written = atomic64_read(&stack->bytes);

	if (READ_ONCE(stack->failed) || length == DUMPFLT_ALL_WRITTEN ||
	    length <= written)
		return;
	dumpflt_fail(stack, NULL, -ENODATA,
		     "finish: the dump is to have %llu bytes, but %llu were written",
		     length, written);
}

static void end(struct dumpflt_stack *stack, enum dumpflt_end how)
{
	dumpflt_flush_target(stack);
}

static int write(struct dumpflt_transfer *transfer, bool *send)
{
	return dumpflt_chain_write(&transfer->call);
}

static void written(struct dumpflt_transfer *transfer, bool success)
{
}

static int read(struct dumpflt_transfer *transfer, bool *send)
{
	return dumpflt_chain_unreadable(transfer->call.stack) ? -EOPNOTSUPP : 0;
}

static void submit(struct dumpflt_transfer *transfer, blk_opf_t opf,
		   bio_end_io_t *end_io)
{
	const struct dumpflt_io *io = &transfer->call.io;

	dumpflt_target_submit(transfer->call.stack, &transfer->bio, opf, io,
			      io->offset, end_io);
}

static int session_id(const struct dumpflt_stack *stack, u32 *slot,
		      u8 session[16])
{
	return -ENOENT;
}

const struct dumpflt_layout_ops dumpflt_layout_plain = {
	.open		= open_plain,
	.limit		= nothing,
	.capacity	= capacity,
	.prepare	= nothing_to_do,
	.close		= nothing,
	.readable	= readable,
	.begin		= nothing_to_do,
	.left_out	= left_out,
	.started	= nothing_to_do,
	.abandon	= nothing,
	.close_dump	= close_dump,
	.end		= end,
	.forget		= nothing,
	.write		= write,
	.written	= written,
	.read		= read,
	.checkpoint	= nothing_to_do,
	.submit		= submit,
	.session_id	= session_id,
};
