// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to one request of the stack device.
 *
 *	queue_rq       any context   choose a lane and queue it there
 *	in the lane    process       write: filters, then bio to the target
 *	                             read:  bio to the target
 *	                             flush: flush bio to the target
 *	end_io         interrupt     write, flush: complete
 *	                             read:  queue it in its lane again
 *	in the lane    process       read:  filters, complete; a chunk of a dump
 *	                             area in the lane that its number gives
 *
 * A request is only accepted in a session. The session's state changes only
 * while the queue is frozen, that is, while no request is between queue_rq
 * and its completion; so whoever handles a request may read it without a lock.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blk-mq.h>
#include <linux/jiffies.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

#include "base/silence.h"
#include "block/block.h"

static void choose_lane(struct dumpflt_ctx *ctx, struct dumpflt_stack *stack,
			unsigned int index)
{
	/* a request that times out looks at it at any time */
	WRITE_ONCE(ctx->lane, &stack->lanes[index]);
	ctx->transfer.call.in_call = &ctx->lane->in_call;
}

static void queue_in_lane(struct dumpflt_ctx *ctx)
{
	/* the request is the lane's as soon as it is in its queue */
	struct dumpflt_lane *lane = ctx->lane;

	if (llist_add(&ctx->node, &lane->queue))
		queue_work(lane->stack->wq, &lane->work);
}

/* The end of a dump waits for these; a read is its reader's own affair */
static bool is_dumps_own(const struct request *rq)
{
	return req_op(rq) != REQ_OP_READ;
}

/* Whoever waits for the end of all writes looks whether this was the last */
static void end_request(struct request *rq, blk_status_t status)
{
	struct dumpflt_stack *stack = rq->q->queuedata;

	WRITE_ONCE(stack->last_progress, jiffies);
	/* while the request keeps the queue, and so the stack, where it is */
	if (!is_dumps_own(rq))
		atomic_dec(&stack->reads);
	else if (atomic_dec_and_test(&stack->writes) &&
		 wq_has_sleeper(&stack->silence.answered))
		wake_up(&stack->silence.answered);
	blk_mq_end_request(rq, status);
}

static blk_status_t queue_rq(struct blk_mq_hw_ctx *hctx,
			     const struct blk_mq_queue_data *bd)
{
	struct dumpflt_stack *stack = hctx->queue->queuedata;
	struct dumpflt_ctx *ctx = blk_mq_rq_to_pdu(bd->rq);
	struct dumpflt_call *call = &ctx->transfer.call;

	choose_lane(ctx, stack, dumpflt_lane_choose(stack, bd->rq));
	call->stack = stack;
	call->slot = bd->rq->tag;
	ctx->session = stack->sessions;
	ctx->queued = jiffies;
	atomic_inc(is_dumps_own(bd->rq) ? &stack->writes : &stack->reads);
	ctx->target_read = false;
	ctx->status = BLK_STS_OK;
	/* from here on it can time out, and somebody looks at its lane */
	blk_mq_start_request(bd->rq);
	queue_in_lane(ctx);
	return BLK_STS_OK;
}

static void complete_rq(struct request *rq)
{
	struct dumpflt_ctx *ctx = blk_mq_rq_to_pdu(rq);

	end_request(rq, ctx->status);
}

static void end_with(struct dumpflt_ctx *ctx, int err)
{
	struct request *rq = blk_mq_rq_from_pdu(ctx);

	/* what went wrong is in last_error; the block layer need not repeat it */
	if (err)
		rq->rq_flags |= RQF_QUIET;
	/*
	 * Linux 6.1 has no status for EINVAL and makes EIO of it; later kernels
	 * have one, and a direct writer takes it for a buffer that is not aligned
	 */
	if (err == -EINVAL)
		err = -EIO;
	end_request(rq, errno_to_blk_status(err));
}

static struct dumpflt_ctx *to_ctx(struct bio *bio)
{
	return container_of(bio, struct dumpflt_ctx, transfer.bio);
}

/*
 * Whoever reads while a dump is written (udev and blkid look at every new disk,
 * and the kernel reads ahead of them) learns of an error himself; the dump has
 * lost nothing by it.
 */
static bool fails_session(const struct dumpflt_ctx *ctx, const char *what)
{
	return strcmp(what, "read") ||
	       READ_ONCE(ctx->lane->stack->state) == DUMPFLT_READING;
}

static void target_answered(struct dumpflt_ctx *ctx, const char *what)
{
	const struct dumpflt_call *call = &ctx->transfer.call;

	dumpflt_silence_answer(call->stack);
	ctx->status = ctx->transfer.bio.bi_status;
	bio_uninit(&ctx->transfer.bio);
	if (ctx->status && fails_session(ctx, what))
		dumpflt_fail(call->stack, NULL, blk_status_to_errno(ctx->status),
			     "%s of %u bytes at %llu: the target answered with an error",
			     what, call->io.len, call->io.offset);
}

static void end_write(struct bio *bio)
{
	struct dumpflt_ctx *ctx = to_ctx(bio);
	const struct dumpflt_call *call = &ctx->transfer.call;

	target_answered(ctx, "write");
	if (!ctx->status)
		atomic64_add(call->io.len, &call->stack->bytes);
	call->stack->layout->written(&ctx->transfer, !ctx->status);
	blk_mq_complete_request(blk_mq_rq_from_pdu(ctx));
}

static void end_flush(struct bio *bio)
{
	struct dumpflt_ctx *ctx = to_ctx(bio);

	target_answered(ctx, "flush");
	/* what is durable now is not the whole dump any more */
	if (!ctx->status && READ_ONCE(ctx->lane->stack->failed))
		ctx->status = BLK_STS_IOERR;
	blk_mq_complete_request(blk_mq_rq_from_pdu(ctx));
}

/* A chunk of a dump area had to wait for its record, in lane 0; any lane opens it */
static void leave_lane(struct dumpflt_ctx *ctx)
{
	struct dumpflt_call *call = &ctx->transfer.call;

	/* without chunks it never was in order */
	if (!call->stack->limits.chunk_size)
		return;
	choose_lane(ctx, call->stack,
		    dumpflt_lane_of_chunk(call->stack, ctx->transfer.chunk));
	call->io.lane = ctx->lane->index;
}

/* The read callbacks want process context */
static void end_read(struct bio *bio)
{
	struct dumpflt_ctx *ctx = to_ctx(bio);

	target_answered(ctx, "read");
	ctx->target_read = true;
	leave_lane(ctx);
	queue_in_lane(ctx);
}

static void submit(struct dumpflt_ctx *ctx, dumpflt_compat_opf opf, bio_end_io_t *end_io)
{
	dumpflt_silence_ask(ctx->lane->stack);
	ctx->lane->stack->layout->submit(&ctx->transfer, opf, end_io);
}

/* A part of the dump cannot be taken in this way, so that there is no dump */
static int refuse_page_cache(struct dumpflt_stack *stack, struct request *rq)
{
	dumpflt_fail(stack, NULL, -EOPNOTSUPP,
		     "write of %u bytes at %llu comes from the page cache, which keeps no order: open the stack device with O_DIRECT (dd oflag=direct)",
		     blk_rq_bytes(rq), (u64)blk_rq_pos(rq) << SECTOR_SHIFT);
	return -EOPNOTSUPP;
}

/* 0 if the stack takes this request now, else the errno to refuse it with */
static int admit(struct dumpflt_stack *stack, struct request *rq)
{
	enum dumpflt_state state = READ_ONCE(stack->state);
	dumpflt_compat_op op = req_op(rq);

	if (op == REQ_OP_WRITE && state == DUMPFLT_STARTED) {
		/* one failed write is the end of the dump (design 5.3) */
		if (READ_ONCE(stack->failed))
			return -EIO;
		if (!stack->layout->takes_page_cache &&
		    dumpflt_from_page_cache(stack, rq))
			return refuse_page_cache(stack, rq);
		return 0;
	}
	if (op == REQ_OP_READ &&
	    (state == DUMPFLT_STARTED || state == DUMPFLT_READING))
		return 0;
	return -EIO;
}

/* A request's data; -EIO if it has more segments than were announced */
static int take_source(struct dumpflt_ctx *ctx, struct request *rq)
{
	struct dumpflt_call *call = &ctx->transfer.call;
	struct req_iterator iter;
	struct bio_vec bv;

	call->nr_source = 0;
	rq_for_each_bvec(bv, rq, iter) {
		/* cannot be: the block layer splits by our limits */
		if (WARN_ON_ONCE(call->nr_source ==
				 call->stack->limits.max_segments))
			return -EIO;
		/*
		 * normalise, so that a page pointer is where the data begins; in
		 * some memory models those of neighbours are not side by side
		 */
		bv.bv_page = pfn_to_page(page_to_pfn(bv.bv_page) +
					 (bv.bv_offset >> PAGE_SHIFT));
		bv.bv_offset = offset_in_page(bv.bv_offset);
		call->source[call->nr_source++] = bv;
	}
	dumpflt_chain_begin(call, (u64)blk_rq_pos(rq) << SECTOR_SHIFT,
			    blk_rq_bytes(rq), ctx->lane->index);
	return 0;
}

static void handle_write(struct dumpflt_ctx *ctx, struct request *rq)
{
	bool send = true;
	int ret;

	ret = ctx->lane->stack->layout->write(&ctx->transfer, &send);
	/* after an error nothing of this may reach the target (C27, C29) */
	if (ret || !send) {
		end_with(ctx, ret);
		return;
	}
	/* a dump is not background writeback, whatever wrote it: no throttling */
	submit(ctx, REQ_OP_WRITE | REQ_SYNC | REQ_IDLE |
		    (rq->cmd_flags & REQ_FUA), end_write);
}

static void handle_read(struct dumpflt_ctx *ctx)
{
	bool send = true;
	int ret;

	ret = ctx->lane->stack->layout->read(&ctx->transfer, &send);
	if (ret || !send)
		end_with(ctx, ret);
	else
		submit(ctx, REQ_OP_READ, end_read);
}

static void handle_flush(struct dumpflt_ctx *ctx)
{
	struct dumpflt_stack *stack = ctx->lane->stack;
	enum dumpflt_state state = READ_ONCE(stack->state);
	int ret;

	/*
	 * Nothing was written that is not durable, or it has failed. The target is
	 * not asked, so that nobody holds up the stack when it is to go.
	 */
	if (state != DUMPFLT_STARTED) {
		bool good = state == DUMPFLT_LIVE ||
			    state == DUMPFLT_READING ||
			    state == DUMPFLT_COMPLETE;

		end_with(ctx, good ? 0 : -EIO);
		return;
	}
	ret = stack->layout->checkpoint(stack);
	if (ret) {
		end_with(ctx, ret);
		return;
	}
	submit(ctx, REQ_OP_WRITE | REQ_PREFLUSH, end_flush);
}

static void handle_read_back(struct dumpflt_ctx *ctx)
{
	struct dumpflt_stack *stack = ctx->lane->stack;
	int ret = blk_status_to_errno(ctx->status);

	/*
	 * C43: no filter sees a read that failed. C33: nor one that outlived
	 * its session, which can be if the target was silent for too long.
	 */
	if (!ret && (ctx->session != stack->sessions ||
		     !dumpflt_session_is_open(stack)))
		ret = -EIO;
	if (!ret)
		ret = stack->layout->arrived(&ctx->transfer);
	if (!ret)
		ret = dumpflt_chain_read(&ctx->transfer.call);
	end_with(ctx, ret);
}

static void handle(struct dumpflt_ctx *ctx)
{
	struct request *rq = blk_mq_rq_from_pdu(ctx);
	dumpflt_compat_op op = req_op(rq);
	int ret;

	if (ctx->target_read) {
		handle_read_back(ctx);
		return;
	}
	memset(&ctx->transfer.call.io, 0, sizeof(ctx->transfer.call.io));
	if (op == REQ_OP_FLUSH) {
		handle_flush(ctx);
		return;
	}
	if (op != REQ_OP_READ && op != REQ_OP_WRITE) {
		end_with(ctx, -EOPNOTSUPP);
		return;
	}
	ret = admit(ctx->lane->stack, rq);
	if (!ret)
		ret = take_source(ctx, rq);
	if (ret)
		end_with(ctx, ret);
	else if (op == REQ_OP_WRITE)
		handle_write(ctx, rq);
	else
		handle_read(ctx);
}

/* Requests of a lane that have come by now, oldest first; %NULL if none have */
static struct llist_node *take_queue(struct dumpflt_lane *lane)
{
	return llist_reverse_order(llist_del_all(&lane->queue));
}

/**
 * dumpflt_lane_work - handle what is queued in a lane
 * @work: the lane's work
 *
 * The first of a run of neighbours comes alone where another CPU is free to take it at
 * once; those that come while it is with the filters join it, so that they become one
 * request of the target. But no more of them than a lane has requests: the target is not
 * to wait for the end of a stream that has none.
 *
 * Context: process context, on the stack's workqueue; never twice at once for
 * the same lane. Does not depend on anything that the freezer stops.
 */
void dumpflt_lane_work(struct work_struct *work)
{
	struct dumpflt_lane *lane = container_of(work, struct dumpflt_lane,
						 work);
	unsigned int noio = memalloc_noio_save(), left = DUMPFLT_QUEUE_DEPTH;
	struct dumpflt_ctx *ctx, *next;
	struct llist_node *list;
	struct blk_plug plug;

	blk_start_plug(&plug);
	while ((list = take_queue(lane))) {
		llist_for_each_entry_safe(ctx, next, list, node) {
			handle(ctx);
			WRITE_ONCE(lane->stack->last_progress, jiffies);
			/* sixteen of them can be 16 MiB to encrypt */
			cond_resched();
			if (--left)
				continue;
			blk_finish_plug(&plug);
			blk_start_plug(&plug);
			left = DUMPFLT_QUEUE_DEPTH;
		}
	}
	blk_finish_plug(&plug);
	memalloc_noio_restore(noio);
}

/*
 * For how long has a lane been waiting for the target to take a request? Not while
 * it is in a callback, which may take its time.
 */
static unsigned int blocked_ms(const struct dumpflt_ctx *ctx)
{
	const struct dumpflt_lane *lane = READ_ONCE(ctx->lane);
	unsigned long since = READ_ONCE(lane->stack->last_progress);

	if (READ_ONCE(lane->in_call))
		return 0;
	if (time_before(since, ctx->queued))
		since = ctx->queued;
	return jiffies_to_msecs(jiffies - since);
}

/*
 * Is it the target that is silent? A request may as well wait behind others, or
 * for slow filters. If it is, the request cannot be taken away from it, as it may
 * still write from our pages or into them; but when it has been silent for
 * timeout_ms the dump has failed, so that whoever waits for its end learns of it.
 */
static enum blk_eh_timer_return timed_out(DUMPFLT_COMPAT_TIMEOUT_ARGS)
{
	struct dumpflt_stack *stack = rq->q->queuedata;
	const struct dumpflt_ctx *ctx = blk_mq_rq_to_pdu(rq);
	unsigned int ms = max(dumpflt_silence_ms(stack), blocked_ms(ctx));

	/* silent to somebody else it may have been for longer */
	ms = min(ms, jiffies_to_msecs(jiffies - ctx->queued));
	dumpflt_silence_report(stack);
	if (ms < stack->timeout_ms ||
	    (!is_dumps_own(rq) &&
	     READ_ONCE(stack->state) != DUMPFLT_READING))
		return BLK_EH_RESET_TIMER;
	if (req_op(rq) == REQ_OP_FLUSH)
		dumpflt_fail(stack, NULL, -ETIMEDOUT,
			     "flush: the target has not answered for %u ms",
			     stack->timeout_ms);
	else
		dumpflt_fail(stack, NULL, -ETIMEDOUT,
			     "%s of %u bytes at %llu: the target has not answered for %u ms",
			     op_is_write(req_op(rq)) ? "write" : "read",
			     blk_rq_bytes(rq),
			     (u64)blk_rq_pos(rq) << SECTOR_SHIFT,
			     stack->timeout_ms);
	return BLK_EH_RESET_TIMER;
}

static int init_request(struct blk_mq_tag_set *set, struct request *rq,
			unsigned int hctx_idx, dumpflt_compat_node numa_node)
{
	struct dumpflt_stack *stack = set->driver_data;
	struct dumpflt_ctx *ctx = blk_mq_rq_to_pdu(rq);
	struct dumpflt_call *call = &ctx->transfer.call;
	unsigned int nr = stack->limits.max_segments;

	call->source = kmalloc_array_node(2 * nr, sizeof(*call->source),
					  GFP_KERNEL, numa_node);
	if (!call->source)
		return -ENOMEM;
	call->table = call->source + nr;
	if (!stack->limits.record_size)
		return 0;
	call->record = kmalloc_node(stack->limits.record_size +
				    DUMPFLT_RECORD_SLACK, GFP_KERNEL, numa_node);
	if (!call->record) {
		kfree(call->source);
		return -ENOMEM;
	}
	return 0;
}

static void exit_request(struct blk_mq_tag_set *set, struct request *rq,
			 unsigned int hctx_idx)
{
	struct dumpflt_ctx *ctx = blk_mq_rq_to_pdu(rq);

	kfree(ctx->transfer.call.source);
	kfree(ctx->transfer.call.record);
}

/*
 * A target can end our flush in the end of its own one, which holds the lock of
 * its flush queue. Ours is another lock; lockdep has to be told (as by
 * drivers/nvme/target/loop.c, and see blk_mq_hctx_set_fq_lock_class()).
 */
static int init_hctx(struct blk_mq_hw_ctx *hctx, void *driver_data,
		     unsigned int hctx_idx)
{
	static struct lock_class_key flush_queue_key;

	dumpflt_compat_set_flush_class(hctx, &flush_queue_key);
	return 0;
}

const struct blk_mq_ops dumpflt_mq_ops = {
	.queue_rq	= queue_rq,
	.complete	= complete_rq,
	.timeout	= timed_out,
	.init_hctx	= init_hctx,
	.init_request	= init_request,
	.exit_request	= exit_request,
};
