// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dump of an area, back through the filters.
 *
 *	dumpflt_readback_begin	one receipt is sound and says COMPLETE; the filter
 *				metadata is that of these filters; the receipt's
 *				digest is that of header, metadata and all records
 *	the filters' start	each may ask for what it stored, and gives the key of
 *				the receipt's MAC again
 *	dumpflt_readback_started the MAC is right
 *	each chunk		its record is read again, and is what it was then
 *				(seen.c), then itself; its CRC is right; then the
 *				filters, in reverse order, each with its metadata,
 *				check what they keep, and undo what they did
 *
 * Only whole chunks, for a filter needs all of one. Behind the data comes the trailer,
 * flagged as when it was written, and nothing but zeros behind that.
 *
 * Nothing is written. The fields of the session in struct dumpflt_area are those of the
 * dump that is read; the next dump sets them anew.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/math64.h>

#include "layout/area.h"

static int refuse(struct dumpflt_area *area, int err, const char *what,
		  const char *why)
{
	dumpflt_fail(area->stack, NULL, err, "read: slot %u: %s%s", area->slot,
		     what, why ?: "");
	return err;
}

static int get(struct dumpflt_area *area, void *data, u32 len, u64 offset)
{
	return dumpflt_sync_io(area->stack, &area->stack->sync, REQ_OP_READ,
			       data, len, offset);
}

/* Either copy will do */
static int load_receipt(struct dumpflt_area *area)
{
	struct dumpflt_disk_receipt *receipt = area->receipt;
	const char *wrong = NULL;
	unsigned int copy;
	int ret;

	for (copy = 0; copy < 2; copy++) {
		ret = get(area, receipt, sizeof(*receipt),
			  dumpflt_geometry_receipt(&area->geo, area->slot, copy));
		wrong = ret ? "it cannot be read" :
			      dumpflt_receipt_check(receipt, area->header, area->slot);
		if (!wrong || ret == -ETIMEDOUT)
			break;
	}
	if (wrong)
		return refuse(area, ret ?: -EBADMSG, "its receipt: ", wrong);
	if (le32_to_cpu(receipt->state) != DUMPFLT_SLOT_COMPLETE)
		return refuse(area, -EBADMSG, "it is not complete", NULL);
	area->chunks = le64_to_cpu(receipt->chunks);
	area->dump_size = le64_to_cpu(receipt->dump_size);
	atomic64_set(&area->stack->bytes, area->dump_size);
	return 0;
}

/* What is wrong with the instance's part of the metadata, or %NULL. Gives it that */
static const char *take_stored(struct dumpflt_instance *inst,
			       const struct dumpflt_disk_fmeta *entry)
{
	u32 len;

	if (!entry || le16_to_cpu(entry->number) != inst->entry->number ||
	    memcmp(entry->name, inst->entry->name, sizeof(entry->name)) ||
	    le16_to_cpu(entry->chunk_meta) != inst->chunk_meta)
		return "it was written by other filters";
	if (le32_to_cpu(entry->flags) & DUMPFLT_DISK_FILTER_F_LEFT_OUT)
		return "a filter was left out of it";
	len = le32_to_cpu(entry->len);
	memcpy(inst->stored, dumpflt_fmeta_data(entry), len);
	inst->stored_len = len;
	return NULL;
}

static int load_metadata(struct dumpflt_area *area)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	struct dumpflt_stack *stack = area->stack;
	const char *wrong;
	unsigned int i;
	int ret;

	ret = get(area, area->fmeta, DUMPFLT_AREA_UNIT,
		  dumpflt_geometry_fmeta(&area->geo, area->slot));
	if (ret)
		return refuse(area, ret, "its filter metadata cannot be read", NULL);
	wrong = dumpflt_fmeta_check(area->fmeta, &area->header->slots[area->slot],
				    area->geo.record_size);
	if (wrong)
		return refuse(area, -EBADMSG, "its filter metadata: ", wrong);
	for (i = 0; i < stack->nr_inst && !wrong; i++) {
		entry = dumpflt_fmeta_next(area->fmeta, entry);
		wrong = take_stored(stack->inst[i], entry);
		if (!entry)
			break;
	}
	if (!wrong && stack->nr_inst !=
		      le32_to_cpu(((struct dumpflt_disk_fmeta_head *)area->fmeta)->nr_filters))
		wrong = "it was written by other filters";
	return wrong ? refuse(area, -EPERM, wrong, NULL) : 0;
}

/**
 * dumpflt_readback_begin - find the dump that is to be read
 * @stack: the stack; its read_slot is a slot of the area
 *
 * Context: process context, stack lock held, queue frozen; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_readback_begin(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = stack->area;
	const struct dumpflt_disk_slot *entry;
	unsigned int i;
	int ret;

	area->slot = stack->read_slot;
	entry = &area->header->slots[area->slot];
	area->is_open = false;
	area->read_piece = DUMPFLT_NO_PIECE;
	for (i = 0; i < stack->nr_inst; i++)
		dumpflt_instance_begin(stack->inst[i]);
	if (le32_to_cpu(entry->state) != DUMPFLT_SLOT_STARTED)
		return refuse(area, -ENODATA, "there is no dump in it", NULL);
	memcpy(area->session, entry->session, sizeof(area->session));
	WRITE_ONCE(area->number, area->number + 1);
	ret = load_receipt(area);
	if (!ret)
		ret = load_metadata(area);
	return ret ?: dumpflt_receipt_digest_is(area);
}

/**
 * dumpflt_readback_started - is the receipt of who has the filters' keys?
 * @stack: the stack; every filter's start has succeeded
 *
 * Context: process context, stack lock held, queue frozen.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_readback_started(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = stack->area;

	if (dumpflt_mac_is(area))
		return 0;
	return refuse(area, -EBADMSG, area->mac_filter ?
		      "the MAC of its receipt is wrong: another key, or somebody has changed it" :
		      "no filter gave the key of its receipt's MAC", NULL);
}

/*
 * Into the request's room for it, with nothing behind what the filters keep. Each was judged
 * when the session began
 */
static int load_record(struct dumpflt_area *area,
		       struct dumpflt_transfer *transfer)
{
	u32 size = area->geo.record_size;
	u64 at = transfer->chunk * size, piece = at / DUMPFLT_CHUNK_SIZE;
	void *record = transfer->call.record;
	int ret;

	if (area->read_piece != piece) {
		area->read_piece = DUMPFLT_NO_PIECE;
		ret = dumpflt_seen_fetch(area, piece);
		if (ret)
			return refuse(area, ret, "its records cannot be read", NULL);
		if (!dumpflt_seen_is(area, piece))
			return refuse(area, -EBADMSG,
				      "its records have changed since the session began", NULL);
		area->read_piece = piece;
	}
	memset(record + size, 0, DUMPFLT_RECORD_SLACK);
	memcpy(record, area->buffer + at % DUMPFLT_CHUNK_SIZE, size);
	return 0;
}

static void fill_zeros(const struct dumpflt_io *io)
{
	u32 i;

	for (i = 0; i < io->nr_segs; i++)
		memset(dumpflt_segment(io, i), 0, io->segs[i].bv_len);
}

/**
 * dumpflt_readback_ask - a read in a session that reads
 * @transfer: the request's data; its record is set
 * @send: cleared if there is nothing to ask the target for
 *
 * Context: process context, in lane 0; sleeps.
 * Return: 0 or a negative errno; a dump that is damaged has failed the session then.
 */
int dumpflt_readback_ask(struct dumpflt_transfer *transfer, bool *send)
{
	struct dumpflt_call *call = &transfer->call;
	struct dumpflt_area *area = call->stack->area;

	transfer->chunk = div_u64(call->io.offset, DUMPFLT_CHUNK_SIZE);
	if (transfer->chunk >= area->chunks) {
		fill_zeros(&call->io);
		*send = false;
		return 0;
	}
	if (call->io.len != DUMPFLT_CHUNK_SIZE) {
		dumpflt_note(call->stack, NULL, -EOPNOTSUPP,
			     "read of %u bytes at %llu: whole chunks of 64 KiB are read, with O_DIRECT (dd bs=64k iflag=direct)",
			     call->io.len, call->io.offset);
		return -EOPNOTSUPP;
	}
	if (transfer->chunk == area->chunks - 1)
		call->io.flags = DUMPFLT_IO_F_LAST;
	return load_record(area, transfer);
}

/**
 * dumpflt_readback_arrived - is the chunk what was written?
 * @transfer: after dumpflt_readback_ask(), the target has answered
 *
 * Context: process context, in the chunk's lane.
 * Return: 0 or -EBADMSG; the session has failed then.
 */
int dumpflt_readback_arrived(struct dumpflt_transfer *transfer)
{
	struct dumpflt_call *call = &transfer->call;

	if (READ_ONCE(call->stack->state) != DUMPFLT_READING ||
	    dumpflt_area_crc(&call->io) == dumpflt_record_crc(call->record))
		return 0;
	dumpflt_fail(call->stack, NULL, -EBADMSG,
		     "read of the chunk at %llu: it is not what was written",
		     call->io.offset);
	return -EBADMSG;
}
