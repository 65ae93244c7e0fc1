// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout "plain": the stack device maps 1:1 to the target, and nothing of
 * ours is on the disk.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "base/ranges.h"
#include "layout/area.h"

/* A dump comes nearly in order; a file system on top needs none of this */
#define MAX_RANGES	1024

/**
 * struct dumpflt_plain - what a plain stack has in memory, while it is live
 * @lock: guards the rest; taken in interrupts
 * @written: what reached the target in this session
 */
struct dumpflt_plain {
	spinlock_t		lock;		/* see above */
	struct dumpflt_ranges	written;
};

/* A dump would go over the dumps in an area */
static int open_plain(struct dumpflt_stack *stack)
{
	struct dumpflt_found found;
	int ret;

	ret = dumpflt_headers_find(stack, &found);
	if (ret)
		return ret;
	/* where its second copy is says the first one, unless it fills the target */
	if (!found.header && found.unread_a)
		dumpflt_fail(stack, NULL, found.unread_a,
			     "target %s may hold a dump area: its first 64 KiB cannot be read",
			     stack->path);
	/* damaged it may be: what is in its slots may be whole for all that */
	if (!found.header && !found.unread_a && found.there) {
		dumpflt_fail(stack, NULL, -EEXIST,
			     "target %s holds a dump area that is damaged (%s): see 'dumpflt show'; zeros over its first and last 64 KiB remove it",
			     stack->path, found.wrong);
		return -EEXIST;
	}
	if (!found.header)
		return found.unread_a;
	dumpflt_headers_put(&found);
	dumpflt_fail(stack, NULL, -EEXIST,
		     "target %s holds a dump area: write 1 to 'area' to use it; zeros over its first and last 64 KiB remove it",
		     stack->path);
	return -EEXIST;
}

static int prepare(struct dumpflt_stack *stack)
{
	struct dumpflt_plain *plain = kzalloc(sizeof(*plain), GFP_KERNEL);

	if (!plain)
		return -ENOMEM;
	spin_lock_init(&plain->lock);
	plain->written.range = kvcalloc(MAX_RANGES,
					sizeof(*plain->written.range),
					GFP_KERNEL);
	plain->written.max = MAX_RANGES;
	stack->plain = plain;
	return plain->written.range ? 0 : -ENOMEM;
}

static void close_plain(struct dumpflt_stack *stack)
{
	if (stack->plain)
		kvfree(stack->plain->written.range);
	kfree(stack->plain);
	stack->plain = NULL;
}

/* No I/O is in flight */
static int begin(struct dumpflt_stack *stack)
{
	dumpflt_ranges_reset(&stack->plain->written);
	return 0;
}

static int nothing_to_do(struct dumpflt_stack *stack)
{
	return 0;
}

static void nothing(struct dumpflt_stack *stack)
{
}

/* Nothing on the disk says anything of it */
static bool never(const struct dumpflt_stack *stack)
{
	return false;
}

static u64 capacity(const struct dumpflt_stack *stack)
{
	return round_down(stack->target.size, stack->limits.block_size);
}

static int readable(struct dumpflt_stack *stack)
{
	struct dumpflt_instance *inst;
	unsigned int i;
	int ret;

	if (stack->read_slot != DUMPFLT_NO_SLOT) {
		dumpflt_note(stack, NULL, -EINVAL,
			     "there are no slots without a dump area: 'read' alone reads the dump");
		return -EINVAL;
	}
	ret = dumpflt_chain_readable(stack);
	if (ret)
		return ret;
	for (i = 0; i < stack->nr_inst; i++) {
		inst = stack->inst[i];
		if (!inst->was_left_out || !(inst->flags & DUMPFLT_F_BOUNCE))
			continue;
		dumpflt_note(stack, inst, -EOPNOTSUPP,
			     "was left out of the dump that is there: read it without this filter");
		return -EOPNOTSUPP;
	}
	return 0;
}

static void left_out(struct dumpflt_stack *stack, unsigned int index)
{
}

/*
 * Without a length nobody knows what a plain dump should be: with a file system
 * in it there are holes, too.
 */
static void close_dump(struct dumpflt_stack *stack, u64 length)
{
	struct dumpflt_ranges *written = &stack->plain->written;
	u64 whole;

	/* a write that is still under way has failed the dump, and may come yet */
	spin_lock_irq(&stack->plain->lock);
	whole = dumpflt_ranges_prefix(written);
	if (!written->lost)
		atomic64_set(&stack->bytes, dumpflt_ranges_bytes(written));
	spin_unlock_irq(&stack->plain->lock);
	if (READ_ONCE(stack->failed) || length == DUMPFLT_ALL_WRITTEN ||
	    length <= whole)
		return;
	dumpflt_fail(stack, NULL, -ENODATA,
		     "finish: the dump is to have %llu bytes, but the first %llu were written%s",
		     length, whole, written->lost ?
		     ", and more in too many pieces: write in order" : "");
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
	struct dumpflt_plain *plain = transfer->call.stack->plain;
	const struct dumpflt_io *io = &transfer->call.io;
	unsigned long flags;

	if (!success)
		return;
	spin_lock_irqsave(&plain->lock, flags);
	dumpflt_ranges_add(&plain->written, io->offset, io->offset + io->len);
	spin_unlock_irqrestore(&plain->lock, flags);
}

static int read(struct dumpflt_transfer *transfer, bool *send)
{
	return dumpflt_chain_unreadable(transfer->call.stack) ? -EOPNOTSUPP : 0;
}

static int arrived(struct dumpflt_transfer *transfer)
{
	return 0;
}

static void submit(struct dumpflt_transfer *transfer, dumpflt_compat_opf opf,
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
	.prepare	= prepare,
	.close		= close_plain,
	.takes_page_cache = true,
	.readable	= readable,
	.begin		= begin,
	.begin_read	= nothing_to_do,
	.read_started	= nothing_to_do,
	.left_out	= left_out,
	.started	= nothing_to_do,
	.abandon	= nothing,
	.close_dump	= close_dump,
	.end		= end,
	.forget		= nothing,
	.says_complete	= never,
	.drop		= nothing_to_do,
	.write		= write,
	.written	= written,
	.read		= read,
	.arrived	= arrived,
	.checkpoint	= nothing_to_do,
	.submit		= submit,
	.session_id	= session_id,
};
