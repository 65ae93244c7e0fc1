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

#include "base/silence.h"
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

/**
 * dumpflt_area_crc - of a chunk as it is on the disk
 * @io: behind the filters on its way there, before them on its way back
 *
 * Context: any.
 * Return: the CRC for its record.
 */
u32 dumpflt_area_crc(const struct dumpflt_io *io)
{
	u32 crc = 0, i;

	for (i = 0; i < io->nr_segs; i++)
		crc = dumpflt_format_crc(crc, page_address(io->segs[i].bv_page) +
					      io->segs[i].bv_offset,
					 io->segs[i].bv_len);
	return crc;
}

/* The target has answered, or will never be asked */
static void end_chunk(struct dumpflt_area *area,
		      struct dumpflt_transfer *transfer, bool written)
{
	/* the receipt of a failed dump says what there is, not what was tried */
	if (!written) {
		/* the session has failed by now, as claim() must see */
		smp_mb__before_atomic();
		clear_bit(transfer->chunk, area->claimed);
	}
	dumpflt_records_put(area, transfer, written);
}

/**
 * dumpflt_area_written - the target has answered for a whole chunk
 * @transfer: a chunk that dumpflt_area_write() said to send
 * @success: it is on the target
 *
 * Context: any, interrupts included.
 */
void dumpflt_area_written(struct dumpflt_transfer *transfer, bool success)
{
	end_chunk(transfer->call.stack->area, transfer, success);
}

/* It is claimed. On success its record is sealed, and its data may be sent */
static int filter_chunk(struct dumpflt_area *area,
			struct dumpflt_transfer *transfer)
{
	struct dumpflt_call *call = &transfer->call;
	int ret;

	ret = dumpflt_records_get(area, transfer);
	if (ret) {
		clear_bit(transfer->chunk, area->claimed);
		return ret;
	}
	memset(call->record, 0, area->geo.record_size + DUMPFLT_RECORD_SLACK);
	ret = dumpflt_chain_write(call);
	if (ret) {
		end_chunk(area, transfer, false);
		return ret;
	}
	dumpflt_record_seal(call->record, area->geo.record_size, area->session,
			    transfer->chunk, dumpflt_area_crc(&call->io));
	dumpflt_sum_seal(area, call->record, transfer->chunk);
	return 0;
}

/**
 * dumpflt_area_submit - send a chunk to its place in the slot
 * @transfer: its data; or none, for a flush
 * @opf: what to do
 * @end_io: called when the target has answered
 *
 * Context: process context; may sleep for a free request of the target.
 */
void dumpflt_area_submit(struct dumpflt_transfer *transfer, dumpflt_compat_opf opf,
			 bio_end_io_t *end_io)
{
	const struct dumpflt_call *call = &transfer->call;
	const struct dumpflt_area *area = call->stack->area;
	u64 slot = dumpflt_geometry_chunk(&area->geo, area->slot, 0);

	dumpflt_target_submit(call->stack, &transfer->bio, opf, &call->io,
			      slot + call->io.offset, end_io);
}

static void end_own_write(struct bio *bio)
{
	struct dumpflt_area *area = container_of(bio, struct dumpflt_area,
						 own.bio);
	const struct dumpflt_io *io = &area->own.call.io;

	dumpflt_silence_answer(area->stack);
	if (bio->bi_status)
		dumpflt_fail(area->stack, NULL,
			     blk_status_to_errno(bio->bi_status),
			     "write of %u bytes at %llu: the target answered with an error",
			     io->len, io->offset);
	else
		atomic64_add(io->len, &area->stack->bytes);
	bio_uninit(bio);
	end_chunk(area, &area->own, !bio->bi_status);
	dumpflt_pending_end(&area->writing);
}

/* In a worker, as a silent target may have no free request; see target/sync.c */
static void submit_own(struct work_struct *work)
{
	struct dumpflt_area *area = container_of(work, struct dumpflt_area,
						 submit_own);

	dumpflt_silence_ask(area->stack);
	dumpflt_area_submit(&area->own, REQ_OP_WRITE | REQ_SYNC | REQ_IDLE,
			    end_own_write);
}

/**
 * dumpflt_area_write_chunk - write what is in the area's buffer
 * @area: the area; the chunk is claimed
 * @chunk: its number
 * @flags: DUMPFLT_IO_F_*
 * @in_call: of whoever calls
 *
 * Context: process context, in lane 0 or with the queue frozen; sleeps, at
 * most timeout_ms.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_area_write_chunk(struct dumpflt_area *area, u64 chunk, u32 flags,
			     struct dumpflt_instance **in_call)
{
	struct dumpflt_stack *stack = area->stack;
	struct dumpflt_transfer *own = &area->own;
	struct dumpflt_call *call = &own->call;
	int ret;

	call->stack = stack;
	call->in_call = in_call;
	call->slot = stack->limits.nr_contexts - 1;
	call->source = &area->own_vecs[0];
	call->table = &area->own_vecs[1];
	call->nr_source = 1;
	dumpflt_compat_bvec_set(call->source, virt_to_page(area->buffer),
				DUMPFLT_CHUNK_SIZE, 0);
	dumpflt_chain_begin(call, chunk * DUMPFLT_CHUNK_SIZE,
			    DUMPFLT_CHUNK_SIZE, 0);
	call->io.flags = flags;
	own->chunk = chunk;

	ret = filter_chunk(area, own);
	if (ret)
		return ret;
	dumpflt_pending_begin(&area->writing);
	INIT_WORK(&area->submit_own, submit_own);
	queue_work(stack->submit_wq, &area->submit_own);
	ret = dumpflt_pending_wait_answer(&area->writing,
					  dumpflt_silence_patience(stack));
	if (ret) {
		WRITE_ONCE(stack->is_silent, true);
		dumpflt_fail(stack, NULL, ret,
			     "write of %u bytes at %llu: the target has not answered for %u ms",
			     DUMPFLT_CHUNK_SIZE, chunk * DUMPFLT_CHUNK_SIZE,
			     stack->timeout_ms);
		return ret;
	}
	return blk_status_to_errno(own->bio.bi_status);
}

/* The open chunk makes way for another one */
static int close_chunk(struct dumpflt_area *area, u64 next,
		       struct dumpflt_instance **in_call)
{
	if (area->present != DUMPFLT_ALL_PIECES) {
		dumpflt_fail(area->stack, NULL, -EIO,
			     "write at %llu: the chunk at %llu is not full yet: write whole chunks of 64 KiB, or append in order",
			     next * DUMPFLT_CHUNK_SIZE,
			     area->open_chunk * DUMPFLT_CHUNK_SIZE);
		return -EIO;
	}
	area->is_open = false;
	return dumpflt_area_write_chunk(area, area->open_chunk, 0, in_call);
}

static int write_piece(struct dumpflt_area *area,
		       struct dumpflt_transfer *transfer)
{
	const struct dumpflt_io *io = &transfer->call.io;
	u32 at = io->offset % DUMPFLT_CHUNK_SIZE;
	int ret;

	if (area->is_open && area->open_chunk != transfer->chunk) {
		ret = close_chunk(area, transfer->chunk, transfer->call.in_call);
		if (ret)
			return ret;
	}
	if (!area->is_open) {
		ret = claim(area, transfer->chunk);
		if (ret)
			return ret;
		area->is_open = true;
		area->open_chunk = transfer->chunk;
		area->present = 0;
		/* what is not written is zeros, never an older chunk */
		memset(area->buffer, 0, DUMPFLT_CHUNK_SIZE);
	}
	dumpflt_io_copy(io, area->buffer + at, 0, io->len);
	area->present |= GENMASK((at + io->len - 1) / DUMPFLT_AREA_BLOCK,
				 at / DUMPFLT_AREA_BLOCK);
	return 0;
}

#define STRIDE	(8 * sizeof(u64))

/* A loop over words, as in memchr_inv(), takes four times as many instructions */
static bool is_zero(const u64 *w)
{
	return !(w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7]);
}

/* Bytes up to the last that is not zero */
static u32 bytes_used(const struct dumpflt_io *io)
{
	u32 left = io->len, i = io->nr_segs;

	while (i--) {
		const struct bio_vec *bv = &io->segs[i];
		const u8 *data = page_address(bv->bv_page) + bv->bv_offset;
		u32 len = bv->bv_len;

		/* a writer's memory need not be aligned */
		while (len >= STRIDE &&
		       IS_ALIGNED((unsigned long)data + len, sizeof(u64)) &&
		       is_zero((const u64 *)(data + len - STRIDE))) {
			len -= STRIDE;
			left -= STRIDE;
		}
		while (len && !data[len - 1]) {
			len--;
			left--;
		}
		if (len)
			break;
	}
	return left;
}

/* Where the dump ends is known at its end, when this is not in memory any more */
static void note_tail(struct dumpflt_area *area, u64 chunk,
		      const struct dumpflt_io *io)
{
	u32 used;

	if (chunk < READ_ONCE(area->tail_chunk))
		return;
	used = bytes_used(io);
	spin_lock(&area->tail_lock);
	if (chunk >= area->tail_chunk) {
		WRITE_ONCE(area->tail_chunk, chunk);
		area->tail_bytes = used;
	}
	spin_unlock(&area->tail_lock);
}

/**
 * dumpflt_area_write - a write to a stack device in area mode
 * @transfer: the request's data
 * @send: set if the data is to be sent to the target now, with
 *	dumpflt_area_written() when it has answered; else this was all
 *
 * Context: process context, in the lane; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_area_write(struct dumpflt_transfer *transfer, bool *send)
{
	struct dumpflt_area *area = transfer->call.stack->area;
	const struct dumpflt_io *io = &transfer->call.io;
	int ret;

	transfer->chunk = div_u64(io->offset, DUMPFLT_CHUNK_SIZE);
	*send = io->len == DUMPFLT_CHUNK_SIZE;
	if (!*send)
		return write_piece(area, transfer);
	ret = claim(area, transfer->chunk);
	if (ret)
		return ret;
	note_tail(area, transfer->chunk, io);
	return filter_chunk(area, transfer);
}

/**
 * dumpflt_area_read - a read from a stack device in area mode, in a dump session
 * @transfer: the request's data
 * @send: cleared: the target is not asked
 *
 * The page cache reads before it writes less than a page. What was not written
 * is zeros; the open chunk is still here; a chunk that is on the disk has been
 * through the filters, and stays there.
 *
 * Context: process context, in lane 0; does not sleep.
 * Return: 0 or -EOPNOTSUPP.
 */
int dumpflt_area_read(struct dumpflt_transfer *transfer, bool *send)
{
	struct dumpflt_area *area = transfer->call.stack->area;
	const struct dumpflt_io *io = &transfer->call.io;
	u64 chunk = div_u64(io->offset, DUMPFLT_CHUNK_SIZE);
	u32 at = io->offset % DUMPFLT_CHUNK_SIZE, i;
	bool here = area->is_open && area->open_chunk == chunk;

	*send = false;
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
