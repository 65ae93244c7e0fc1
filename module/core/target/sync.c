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

#include "target/target.h"

static void end_sync(struct bio *bio)
{
	struct dumpflt_sync *sync = bio->bi_private;

	dumpflt_pending_end(&sync->pending);
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
 * Context: process context; may sleep for a free request of the target.
 */
void dumpflt_sync_submit(struct dumpflt_stack *stack, struct dumpflt_sync *sync,
			 blk_opf_t opf, void *data, u32 len, u64 offset)
{
	struct bio *bio = &sync->bio;

	bio_init(bio, stack->target.bdev, &sync->vec, data ? 1 : 0, opf);
	if (data) {
		bvec_set_page(&sync->vec, virt_to_page(data), len,
			      offset_in_page(data));
		bio->bi_vcnt = 1;
		bio->bi_iter.bi_size = len;
		bio->bi_iter.bi_sector = offset >> SECTOR_SHIFT;
	}
	bio->bi_end_io = end_sync;
	bio->bi_private = sync;
	dumpflt_pending_begin(&sync->pending);
	submit_bio(bio);
}

/**
 * dumpflt_sync_wait - wait for the answer
 * @sync: submitted
 * @ms: how long at most
 *
 * Context: process context; sleeps.
 * Return: 0, the target's errno, or -ETIMEDOUT: then @sync stays busy.
 */
int dumpflt_sync_wait(struct dumpflt_sync *sync, unsigned int ms)
{
	int ret = dumpflt_pending_wait(&sync->pending, ms);

	return ret ?: blk_status_to_errno(sync->bio.bi_status);
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
 * Context: process context; sleeps, at most timeout_ms.
 * Return: 0, the target's errno, or -ETIMEDOUT.
 */
int dumpflt_sync_io(struct dumpflt_stack *stack, struct dumpflt_sync *sync,
		    blk_opf_t opf, void *data, u32 len, u64 offset)
{
	if (dumpflt_pending_is_busy(&sync->pending))
		return -ETIMEDOUT;
	dumpflt_sync_submit(stack, sync, opf, data, len, offset);
	return dumpflt_sync_wait(sync, stack->timeout_ms);
}
