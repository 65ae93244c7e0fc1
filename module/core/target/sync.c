// SPDX-License-Identifier: GPL-2.0-only
/*
 * One bio to the target, and waiting for its answer until a deadline.
 *
 * For what the core itself reads and writes: headers, filter metadata, chunk
 * records, receipts, flushes. Memory and bio belong to whoever owns the struct
 * dumpflt_sync, so that nothing is allocated here; a bio that has outlived its
 * deadline still works on both, so that nothing of it may be touched before it
 * is not busy any more.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/mm.h>

#include "base/silence.h"
#include "target/target.h"

static void end_sync(struct bio *bio)
{
	struct dumpflt_sync *sync = bio->bi_private;

	dumpflt_silence_answer(sync->stack);
	bio_uninit(bio);
	dumpflt_pending_end(&sync->pending);
}

/*
 * In a worker: a target that is silent may have no free request, and then this
 * sleeps for as long as it likes.
 */
static void submit_sync(struct work_struct *work)
{
	struct dumpflt_sync *sync = container_of(work, struct dumpflt_sync,
						 submit);

	submit_bio(&sync->bio);
}

/**
 * dumpflt_sync_submit - send a bio to the target
 * @stack: the stack, target open
 * @sync: not busy
 * @opf: what to do
 * @data: physically contiguous, not from vmalloc; %NULL for a flush alone
 * @len: bytes of @data
 * @offset: bytes from the start of the target
 *
 * Context: process context; does not sleep.
 */
void dumpflt_sync_submit(struct dumpflt_stack *stack, struct dumpflt_sync *sync,
			 dumpflt_compat_opf opf, void *data, u32 len, u64 offset)
{
	struct bio *bio = &sync->bio;

	dumpflt_compat_bio_init(bio, stack->target.bdev, &sync->vec,
				data ? 1 : 0, opf);
	if (data) {
		dumpflt_compat_bvec_set(&sync->vec, virt_to_page(data), len,
					offset_in_page(data));
		bio->bi_vcnt = 1;
		bio->bi_iter.bi_size = len;
		bio->bi_iter.bi_sector = offset >> SECTOR_SHIFT;
	}
	bio->bi_end_io = end_sync;
	bio->bi_private = sync;
	sync->stack = stack;
	dumpflt_pending_begin(&sync->pending);
	dumpflt_silence_ask(stack);
	INIT_WORK(&sync->submit, submit_sync);
	queue_work(stack->submit_wq, &sync->submit);
}

/**
 * dumpflt_sync_wait - wait for the answer
 * @sync: submitted
 * @ms: how long nothing may happen
 *
 * Context: process context; sleeps.
 * Return: 0, the target's errno, or -ETIMEDOUT: then @sync stays busy, and the
 * target is not asked again in this session.
 */
int dumpflt_sync_wait(struct dumpflt_sync *sync, unsigned int ms)
{
	int ret = dumpflt_pending_wait_answer(&sync->pending, ms);

	if (ret) {
		WRITE_ONCE(sync->stack->is_silent, true);
		return ret;
	}
	/* some drivers answer that they had none themselves: that is an answer */
	ret = blk_status_to_errno(sync->bio.bi_status);
	return ret == -ETIMEDOUT ? -EIO : ret;
}

/**
 * dumpflt_sync_io - submit and wait
 * @stack: the stack, target open
 * @sync: if busy, the target is silent, and it is not asked again
 * @opf: what to do
 * @data: see dumpflt_sync_submit()
 * @len: bytes of @data
 * @offset: bytes from the start of the target
 *
 * A target that has been silent for too long is not asked again in this session,
 * so that one deadline is all that it costs.
 *
 * Context: process context; sleeps, as dumpflt_pending_wait_answer() does.
 * Return: 0, the target's errno, or -ETIMEDOUT.
 */
int dumpflt_sync_io(struct dumpflt_stack *stack, struct dumpflt_sync *sync,
		    dumpflt_compat_opf opf, void *data, u32 len, u64 offset)
{
	if (READ_ONCE(stack->is_silent) ||
	    dumpflt_pending_is_busy(&sync->pending))
		return -ETIMEDOUT;
	dumpflt_sync_submit(stack, sync, opf, data, len, offset);
	return dumpflt_sync_wait(sync, dumpflt_silence_patience(stack));
}
