// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a dump in an area, around the filters' finish.
 *
 *	dumpflt_area_close	is there a gap? then rest of the dump, trailer
 *	the filters' finish
 *	dumpflt_area_end	records (F3), the other header, FLUSH (F4), receipt,
 *				FLUSH (F5)
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bitmap.h>
#include <linux/math64.h>

#include "layout/area.h"

static u64 nr_claimed(const struct dumpflt_area *area)
{
	return bitmap_weight(area->claimed, area->geo.slot_chunks);
}

static u64 first_gap(const struct dumpflt_area *area)
{
	return find_first_zero_bit(area->claimed, area->geo.slot_chunks);
}

/* Bytes without a gap, from the start of the dump */
static u64 whole_bytes(const struct dumpflt_area *area)
{
	u64 chunks = first_gap(area);

	if (area->is_open && area->open_chunk < chunks &&
	    area->present != DUMPFLT_ALL_PIECES)
		return area->open_chunk * DUMPFLT_CHUNK_SIZE +
		       ffz(area->present) * DUMPFLT_AREA_BLOCK;
	return chunks * DUMPFLT_CHUNK_SIZE;
}

/* Was anything written behind them? */
static bool has_gap(const struct dumpflt_area *area)
{
	if (nr_claimed(area) != first_gap(area))
		return true;
	if (!area->is_open || area->present == DUMPFLT_ALL_PIECES)
		return false;
	/* only the last chunk may be short, and only at its end */
	return area->open_chunk + 1 != first_gap(area) ||
	       area->present & (area->present + 1);
}

/*
 * A reader must find zeros behind the end. In the open chunk they are put there; a
 * chunk that came whole is on the disk, and sealing another one in its place would
 * use its nonce twice.
 */
static int check_tail(struct dumpflt_area *area, u64 length)
{
	u64 chunk = div_u64(length, DUMPFLT_CHUNK_SIZE);
	u64 end = chunk * DUMPFLT_CHUNK_SIZE + area->tail_bytes;

	if (area->tail_chunk != chunk || length >= end ||
	    (area->is_open && area->open_chunk == chunk))
		return 0;
	dumpflt_fail(area->stack, NULL, -ENODATA,
		     "finish: the dump is to have %llu bytes, but what was written behind them is not zero",
		     length);
	return -ENODATA;
}

/* Is the dump there, as long as its writer says, without a gap? */
static int check_length(struct dumpflt_area *area, u64 *length)
{
	u64 whole = whole_bytes(area);

	if (has_gap(area)) {
		dumpflt_fail(area->stack, NULL, -ENODATA,
			     "finish: the dump has a gap at %llu", whole);
		return -ENODATA;
	}
	if (*length == DUMPFLT_ALL_WRITTEN)
		*length = whole;
	if (*length > whole ||
	    DIV_ROUND_UP_ULL(*length, DUMPFLT_CHUNK_SIZE) != first_gap(area)) {
		dumpflt_fail(area->stack, NULL, -ENODATA,
			     "finish: the dump is to have %llu bytes, but %llu were written",
			     *length, whole);
		return -ENODATA;
	}
	return check_tail(area, *length);
}

/* A filter may yet put anything behind the end; a reader must find zeros */
static void cut_open_chunk(struct dumpflt_area *area, u64 length)
{
	u64 start = area->open_chunk * DUMPFLT_CHUNK_SIZE;

	if (length > start && length - start < DUMPFLT_CHUNK_SIZE)
		memset(area->buffer + (length - start), 0,
		       DUMPFLT_CHUNK_SIZE - (length - start));
}

/* The rest of the dump, and the trailer (F1, F2) */
static int write_rest(struct dumpflt_area *area, u64 length)
{
	struct dumpflt_instance **in_call = &area->in_call;
	u64 chunks;
	int ret;

	ret = check_length(area, &length);
	if (ret)
		return ret;
	chunks = DIV_ROUND_UP_ULL(length, DUMPFLT_CHUNK_SIZE);
	if (area->is_open) {
		cut_open_chunk(area, length);
		area->is_open = false;
		ret = dumpflt_area_write_chunk(area, area->open_chunk, 0,
					       in_call);
		if (ret)
			return ret;
	}
	/* the last chunk of the slot is kept free for this one */
	set_bit(chunks, area->claimed);
	dumpflt_trailer_fill(area->buffer, area->session, length, chunks + 1);
	ret = dumpflt_area_write_chunk(area, chunks, DUMPFLT_IO_F_LAST, in_call);
	if (ret)
		return ret;
	area->dump_size = length;
	area->chunks = chunks + 1;
	atomic64_set(&area->stack->bytes, length);
	return 0;
}

/**
 * dumpflt_area_close - write what is still missing of the dump (F1, F2)
 * @stack: the stack; no I/O is in flight
 * @length: exact bytes of the dump, or DUMPFLT_ALL_WRITTEN
 *
 * A dump that has failed gets no trailer.
 *
 * Context: process context, stack lock held, queue frozen; sleeps.
 */
void dumpflt_area_close(struct dumpflt_stack *stack, u64 length)
{
	dumpflt_area_phase(stack->area, DUMPFLT_PHASE_WRITE);
	if (!READ_ONCE(stack->failed))
		write_rest(stack->area, length);
	dumpflt_area_phase(stack->area, DUMPFLT_PHASE_CLOSE);
}

/* What a dump that is not complete leaves behind, for its receipt */
static void count_what_is_there(struct dumpflt_area *area)
{
	/* all of it is: something failed behind the trailer */
	if (area->chunks)
		return;
	if (area->is_open) {
		clear_bit(area->open_chunk, area->claimed);
		area->is_open = false;
	}
	area->chunks = first_gap(area);
	area->dump_size = area->chunks * DUMPFLT_CHUNK_SIZE;
}

static int write_receipt(struct dumpflt_area *area, u32 state)
{
	int ret;

	ret = dumpflt_receipt_fill(area, state);
	if (ret)
		return ret;
	ret = dumpflt_receipt_write(area);
	return ret ?: dumpflt_flush_target(area->stack);
}

/*
 * What a failed dump left on the disk may still be of use, so that it is
 * flushed too, and gets a receipt that says what happened. @state is what it is
 * if nothing fails any more.
 */
static void end_as(struct dumpflt_area *area, u32 state)
{
	struct dumpflt_stack *stack = area->stack;

	if (!area->begun)
		return;
	area->begun = false;
	dumpflt_records_write(area, true);
	/* so that whichever copy is lost later, the other one knows this dump */
	if (dumpflt_header_touch(area->header))
		dumpflt_area_write_header(area);
	dumpflt_area_phase(area, DUMPFLT_PHASE_RECORDS);
	dumpflt_flush_target(stack);
	dumpflt_area_phase(area, DUMPFLT_PHASE_FLUSH);
	if (state == DUMPFLT_SLOT_COMPLETE && !READ_ONCE(stack->failed))
		dumpflt_receipt_digest(area);
	dumpflt_area_phase(area, DUMPFLT_PHASE_DIGEST);

	if (state == DUMPFLT_SLOT_COMPLETE && READ_ONCE(stack->failed))
		state = DUMPFLT_SLOT_FAILED;
	if (state != DUMPFLT_SLOT_COMPLETE)
		count_what_is_there(area);
	if (state == DUMPFLT_SLOT_COMPLETE)
		area->says_complete = true;
	if (write_receipt(area, state) && state == DUMPFLT_SLOT_COMPLETE) {
		/*
		 * Everything before the receipt is durable, but nobody has said
		 * so of the receipt: the dump is called failed, on the disk too
		 * if possible. A silent target may still be reading the receipt
		 * that it got, which must stay as it is then.
		 */
		count_what_is_there(area);
		if (!READ_ONCE(stack->is_silent))
			area->says_complete = write_receipt(area, DUMPFLT_SLOT_FAILED);
	}
	if (dumpflt_receipt_nothing(area->receipt))
		dumpflt_slot_free(area->header, area->slot);
	dumpflt_mac_wipe(area);
}

/**
 * dumpflt_area_end - make the dump durable, and say on the disk what it is
 * @stack: the stack; finish of every filter has run, no I/O is in flight
 * @how: why it ends
 *
 * Context: process context, stack lock held, queue frozen; sleeps.
 */
void dumpflt_area_end(struct dumpflt_stack *stack, enum dumpflt_end how)
{
	dumpflt_area_phase(stack->area, DUMPFLT_PHASE_FINISH);
	end_as(stack->area, how == DUMPFLT_END_INTERRUPT ?
			    DUMPFLT_SLOT_INTERRUPTED : DUMPFLT_SLOT_COMPLETE);
}

/* Is there no dump in it, not even a released one? */
static bool is_empty(const struct dumpflt_area *area)
{
	return area->header->slots[area->slot].state ==
	       cpu_to_le32(DUMPFLT_SLOT_EMPTY);
}

/**
 * dumpflt_area_abandon - a dump whose filters could not start
 * @stack: the stack, after dumpflt_area_begin()
 *
 * The receipt that says why goes into a slot that is empty, or is ours by now. It
 * is not worth an old dump, and there may be no new one. If the header could not be
 * written the slot is what it was, for a target that comes back.
 *
 * Context: process context, stack lock held, queue frozen; sleeps.
 */
void dumpflt_area_abandon(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = stack->area;
	unsigned int i;

	/* where it should be there is what an older dump has left */
	for (i = 0; !area->begun && i < stack->nr_inst; i++)
		stack->inst[i]->stored_len = 0;
	if (!area->begun && is_empty(area))
		dumpflt_area_take_slot(area);
	if (!area->begun)
		area->header->slots[area->slot] = area->before;
	end_as(area, DUMPFLT_SLOT_FAILED);
	dumpflt_mac_wipe(area);
}
