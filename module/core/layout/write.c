// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunks: the unit in which a dump area is written (design section 5.12).
 *
 * The block layer splits requests where a chunk ends, so that a request is
 * either a whole chunk or a piece of one:
 *
 *	whole chunk	through the filters and to the target, in its lane; any
 *			order, any number at once
 *	piece		copied into the open chunk, in lane 0. The open chunk
 *			goes through the filters when the next one begins, so
 *			that the page cache may write its last page twice
 *
 * A chunk goes through the filters once, whatever becomes of it: its bit in
 * "claimed" is set by whoever comes first, and everybody else is refused. A
 * filter that derives a nonce from the chunk's number relies on this.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/mm.h>

#include "layout/area.h"

static int claim(struct dumpflt_area *area, u64 chunk)
{
	if (!test_and_set_bit(chunk, area->claimed)) {
		if (!READ_ONCE(area->stack->failed))
			return 0;
		/*
		 * The first write of this chunk may have failed and given up
		 * its claim in the meantime: it is not sealed a second time.
		 */
		clear_bit(chunk, area->claimed);
		return -EIO;
	}
	dumpflt_fail(area->stack, NULL, -EIO,
		     "write at %llu: this chunk was written already: write each chunk of 64 KiB once, or append in order",
		     chunk * DUMPFLT_CHUNK_SIZE);
	return -EIO;
}

static u32 data_crc(const struct dumpflt_io *io)
{
	u32 crc = 0, i;

	for (i = 0; i < io->nr_segs; i++)
		crc = dumpflt_format_crc(crc, page_address(io->segs[i].bv_page) +
					      io->segs[i].bv_offset,
					 io->segs[i].bv_len);
	return crc;
}

/* The target has answered, or will never be asked */
static void end_chunk(struct dumpflt_area *area, struct dumpflt_ctx *ctx,
		      bool written)
{
	/* the receipt of a failed dump says what there is, not what was tried */
	if (!written) {
		/* the session has failed by now, as claim() must see */
		smp_mb__before_atomic();
		clear_bit(ctx->chunk, area->claimed);
	}
	dumpflt_records_put(area, ctx, written);
}

/**
 * dumpflt_area_end_write - the target has answered for a whole chunk
 * @ctx: the chunk
 *
 * Context: any, interrupts included.
 */
void dumpflt_area_end_write(struct dumpflt_ctx *ctx)
{
	end_chunk(ctx->stack->area, ctx, !ctx->status);
}

/* @ctx is claimed. On success the record is sealed, and the data may be sent */
static int filter_chunk(struct dumpflt_area *area, struct dumpflt_ctx *ctx)
{
	int ret;

	ret = dumpflt_records_get(area, ctx);
	if (ret) {
		clear_bit(ctx->chunk, area->claimed);
		return ret;
	}
	memset(ctx->record, 0, area->geo.record_size);
	ret = dumpflt_chain_write(ctx);
	if (ret) {
		end_chunk(area, ctx, false);
		return ret;
	}
	dumpflt_record_seal(ctx->record, area->geo.record_size, area->session,
			    ctx->chunk, data_crc(&ctx->call.io));
	return 0;
}

static void end_own_write(struct bio *bio)
{
	struct dumpflt_ctx *ctx = bio->bi_private;
	struct dumpflt_area *area = ctx->stack->area;

	ctx->status = bio->bi_status;
	if (ctx->status)
		dumpflt_fail(ctx->stack, NULL, blk_status_to_errno(ctx->status),
			     "write of %u bytes at %llu: the target answered with an error",
			     ctx->call.io.len, ctx->call.io.offset);
	else
		atomic64_add(ctx->call.io.len, &ctx->stack->bytes);
	end_chunk(area, ctx, !ctx->status);
	complete(&area->written);
}

/**
 * dumpflt_area_write_chunk - write what is in the area's buffer
 * @area: the area; the chunk is claimed
 * @chunk: its number
 * @flags: DUMPFLT_IO_F_*
 * @watch: of whoever calls
 *
 * Context: process context, in lane 0 or with the queue frozen; sleeps, at
 * most timeout_ms.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_area_write_chunk(struct dumpflt_area *area, u64 chunk, u32 flags,
			     struct dumpflt_watch *watch)
{
	struct dumpflt_stack *stack = area->stack;
	struct dumpflt_ctx *ctx = &area->ctx;
	int ret;

	ctx->stack = stack;
	ctx->lane = &stack->lanes[0];
	ctx->watch = watch;
	ctx->slot = stack->limits.nr_contexts - 1;
	ctx->session = stack->sessions;
	ctx->chunk = chunk;
	ctx->source = &area->ctx_vecs[0];
	ctx->table = &area->ctx_vecs[1];
	ctx->nr_source = 1;
	bvec_set_page(ctx->source, virt_to_page(area->buffer),
		      DUMPFLT_CHUNK_SIZE, 0);
	*ctx->table = *ctx->source;
	memset(&ctx->call, 0, sizeof(ctx->call));
	ctx->call.io.offset = chunk * DUMPFLT_CHUNK_SIZE;
	ctx->call.io.len = DUMPFLT_CHUNK_SIZE;
	ctx->call.io.flags = flags;
	ctx->call.io.nr_segs = 1;
	ctx->call.io.segs = ctx->table;

	ret = filter_chunk(area, ctx);
	if (ret)
		return ret;
	reinit_completion(&area->written);
	area->writing = true;
	dumpflt_target_submit(ctx, REQ_OP_WRITE | REQ_SYNC | REQ_IDLE,
			      end_own_write);
	if (!wait_for_completion_timeout(&area->written,
					 msecs_to_jiffies(stack->timeout_ms))) {
		dumpflt_fail(stack, NULL, -ETIMEDOUT,
			     "write of %u bytes at %llu: the target has not answered for %u ms",
			     DUMPFLT_CHUNK_SIZE, chunk * DUMPFLT_CHUNK_SIZE,
			     stack->timeout_ms);
		return -ETIMEDOUT;
	}
	area->writing = false;
	return blk_status_to_errno(ctx->status);
}

/* The open chunk makes way for another one */
static int close_chunk(struct dumpflt_area *area, u64 next,
		       struct dumpflt_watch *watch)
{
	if (area->present != DUMPFLT_ALL_PIECES) {
		dumpflt_fail(area->stack, NULL, -EIO,
			     "write at %llu: the chunk at %llu is not full yet: write whole chunks of 64 KiB, or append in order",
			     next * DUMPFLT_CHUNK_SIZE,
			     area->open_chunk * DUMPFLT_CHUNK_SIZE);
		return -EIO;
	}
	area->is_open = false;
	return dumpflt_area_write_chunk(area, area->open_chunk, 0, watch);
}

static int write_piece(struct dumpflt_area *area, struct dumpflt_ctx *ctx)
{
	const struct dumpflt_io *io = &ctx->call.io;
	u32 at = io->offset % DUMPFLT_CHUNK_SIZE;
	int ret;

	if (area->is_open && area->open_chunk != ctx->chunk) {
		ret = close_chunk(area, ctx->chunk, ctx->watch);
		if (ret)
			return ret;
	}
	if (!area->is_open) {
		ret = claim(area, ctx->chunk);
		if (ret)
			return ret;
		area->is_open = true;
		area->open_chunk = ctx->chunk;
		area->present = 0;
		/* what is not written is zeros, never an older chunk */
		memset(area->buffer, 0, DUMPFLT_CHUNK_SIZE);
	}
	dumpflt_io_copy(io, area->buffer + at, 0, io->len);
	area->present |= GENMASK((at + io->len - 1) / DUMPFLT_AREA_BLOCK,
				 at / DUMPFLT_AREA_BLOCK);
	return 0;
}

/**
 * dumpflt_area_write - a write to a stack device in area mode
 * @ctx: the request, after dumpflt_chain_source()
 * @submit: set if the data is to be sent to the target now, with
 *	dumpflt_area_end_write() when it has answered; else this was all
 *
 * Context: process context, in the lane; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_area_write(struct dumpflt_ctx *ctx, bool *submit)
{
	struct dumpflt_area *area = ctx->stack->area;
	const struct dumpflt_io *io = &ctx->call.io;
	int ret;

	ctx->chunk = div_u64(io->offset, DUMPFLT_CHUNK_SIZE);
	*submit = io->len == DUMPFLT_CHUNK_SIZE;
	if (!*submit)
		return write_piece(area, ctx);
	ret = claim(area, ctx->chunk);
	return ret ?: filter_chunk(area, ctx);
}

/**
 * dumpflt_area_read - a read from a stack device in area mode
 * @ctx: the request, after dumpflt_chain_source()
 *
 * The page cache reads before it writes less than a page. What was not written
 * is zeros; the open chunk is still here; a chunk that is on the disk has been
 * through the filters, and stays there.
 *
 * Context: process context, in lane 0; does not sleep.
 * Return: 0 or -EOPNOTSUPP.
 */
int dumpflt_area_read(struct dumpflt_ctx *ctx)
{
	struct dumpflt_area *area = ctx->stack->area;
	const struct dumpflt_io *io = &ctx->call.io;
	u64 chunk = div_u64(io->offset, DUMPFLT_CHUNK_SIZE);
	u32 at = io->offset % DUMPFLT_CHUNK_SIZE, i;
	bool here = area->is_open && area->open_chunk == chunk;

	if (!here && test_bit(chunk, area->claimed))
		return -EOPNOTSUPP;
	for (i = 0; i < io->nr_segs; i++) {
		const struct bio_vec *bv = &io->segs[i];
		void *to = page_address(bv->bv_page) + bv->bv_offset;

		if (here)
			memcpy(to, area->buffer + at, bv->bv_len);
		else
			memset(to, 0, bv->bv_len);
		at += bv->bv_len;
	}
	return 0;
}
