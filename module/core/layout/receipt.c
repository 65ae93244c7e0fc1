// SPDX-License-Identifier: GPL-2.0-only
/*
 * The receipt of a dump: what is in it, and the digests that bind it to what
 * else is in the slot.
 *
 * The records are read back from the target for this. They are few (64 bytes
 * for each 64 KiB), it keeps memory bounded whatever order the chunks came in,
 * and it finds out whether they are there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/math64.h>
#include <linux/ktime.h>

#include "layout/area.h"

/**
 * dumpflt_receipt_take_away - let nothing say any more that the slot holds a dump
 * @area: of a session, or behind one
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0 if that is durable, or a negative errno.
 */
int dumpflt_receipt_take_away(struct dumpflt_area *area)
{
	int ret;

	memset(area->receipt, 0, sizeof(*area->receipt));
	ret = dumpflt_receipt_write(area);
	if (!ret)
		ret = dumpflt_flush_target(area->stack);
	if (!ret)
		area->says_complete = false;
	return ret;
}

/* Records in the area's buffer, the first of which is that of chunk @first */
static int digest_records(struct dumpflt_area *area, u64 first, u32 nr,
			  u64 *sum)
{
	struct dumpflt_stack *stack = area->stack;
	u32 size = area->geo.record_size, i, j;

	for (i = 0; i < nr; i++) {
		const u8 *record = area->buffer + i * size;

		if (!dumpflt_record_ok(record, size, area->session, first + i)) {
			dumpflt_fail(stack, NULL, -EUCLEAN,
				     "the record of the chunk at %llu is not what was written",
				     (first + i) * DUMPFLT_CHUNK_SIZE);
			return -EUCLEAN;
		}
		*sum += dumpflt_sum_of(area, record, first + i);
		for (j = 0; j < stack->nr_inst; j++)
			if (stack->inst[j]->chunk_meta)
				sha256_update(&area->sha[1 + j],
					      record + stack->inst[j]->meta_offset,
					      stack->inst[j]->chunk_meta);
	}
	sha256_update(&area->sha[0], area->buffer, nr * size);
	return 0;
}

/*
 * Over header, filter metadata and all records, which are read from the target; with
 * @keep they are known again afterwards
 */
static int digest_all(struct dumpflt_area *area, u64 *sum, bool keep)
{
	u32 at_once = DUMPFLT_CHUNK_SIZE / area->geo.record_size, nr;
	u64 chunk, piece = 0;
	unsigned int i;
	int ret;

	*sum = 0;
	for (i = 0; i <= area->stack->nr_inst; i++)
		sha256_init(&area->sha[i]);
	sha256_update(&area->sha[0], (const u8 *)&area->header->fixed,
		      sizeof(area->header->fixed));
	sha256_update(&area->sha[0], area->fmeta, DUMPFLT_AREA_UNIT);

	for (chunk = 0; chunk < area->chunks; chunk += nr, piece++) {
		nr = min_t(u64, at_once, area->chunks - chunk);
		ret = dumpflt_seen_fetch(area, piece);
		if (ret) {
			dumpflt_fail(area->stack, NULL, ret,
				     "reading the chunk records at %llu failed",
				     dumpflt_geometry_record(&area->geo,
							     area->slot, chunk));
			return ret;
		}
		if (keep)
			dumpflt_seen_keep(area, piece);
		ret = digest_records(area, chunk, nr, sum);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * dumpflt_receipt_digest_is - are header, metadata and records those of the receipt?
 * @area: the area; receipt and filter metadata were read
 *
 * The records are known again afterwards, by dumpflt_seen_is().
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_receipt_digest_is(struct dumpflt_area *area)
{
	u8 digest[sizeof(area->receipt->digest)];
	u64 sum;
	int ret = digest_all(area, &sum, true);

	if (ret)
		return ret;
	sha256_final(&area->sha[0], digest);
	if (!memcmp(digest, area->receipt->digest, sizeof(digest)))
		return 0;
	dumpflt_fail(area->stack, NULL, -EBADMSG,
		     "read: the digest of the receipt is not that of what is there");
	return -EBADMSG;
}

/**
 * dumpflt_receipt_digest - compute the digests of a complete dump
 * @area: the area; its records are on the disk, all of them
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_receipt_digest(struct dumpflt_area *area)
{
	u64 sum;
	int ret = digest_all(area, &sum, false);

	if (ret)
		return ret;
	/* each is sound in itself: somebody has mended it */
	if (!dumpflt_sum_is(area, sum)) {
		dumpflt_fail(area->stack, NULL, -EUCLEAN,
			     "the records of the chunks are not those that were written");
		return -EUCLEAN;
	}
	return 0;
}

/**
 * dumpflt_receipt_flags - what a reader must know of an instance
 * @inst: of a stack whose session has begun, be it that it could not start
 *
 * Context: stack lock held.
 * Return: DUMPFLT_DISK_FILTER_F_*.
 */
u32 dumpflt_receipt_flags(const struct dumpflt_instance *inst)
{
	u32 flags = 0;

	if (dumpflt_instance_is_critical(inst))
		flags |= DUMPFLT_DISK_FILTER_F_CRITICAL;
	/* another one that failed to start was not left out: there is no dump */
	if (inst->start_err &&
	    inst->entry->state == DUMPFLT_FILTER_LEFT_OUT)
		flags |= DUMPFLT_DISK_FILTER_F_LEFT_OUT;
	else if (inst->flags & DUMPFLT_F_BOUNCE)
		flags |= DUMPFLT_DISK_FILTER_F_CHANGES;
	return flags;
}

/* An instance's part, but for the digest; no callback runs */
static void report(const struct dumpflt_instance *inst,
		   struct dumpflt_disk_filter *filter)
{
	const struct dumpflt_total now = dumpflt_instance_total(inst);
	const struct dumpflt_total *before = &inst->before;

	memcpy(filter->name, inst->entry->name, sizeof(filter->name));
	filter->number = cpu_to_le16(inst->entry->number);
	filter->chunk_meta = cpu_to_le16(inst->chunk_meta);
	filter->flags = cpu_to_le32(dumpflt_receipt_flags(inst));
	filter->start_err = cpu_to_le32(-inst->start_err);
	filter->finish_err = cpu_to_le32(-inst->finish_err);
	filter->fmeta_len = cpu_to_le32(inst->stored_len);
	filter->writes = cpu_to_le64(now.writes - before->writes);
	filter->bytes = cpu_to_le64(now.bytes - before->bytes);
	filter->errors = cpu_to_le64(now.errors - before->errors);
	filter->ns = cpu_to_le64(now.ns - before->ns);
}

static void fill_filters(struct dumpflt_area *area, bool complete)
{
	struct dumpflt_disk_receipt *receipt = area->receipt;
	struct dumpflt_stack *stack = area->stack;
	unsigned int i;

	receipt->nr_filters = cpu_to_le32(stack->nr_inst);
	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_disk_filter *filter = &receipt->filters[i];

		report(stack->inst[i], filter);
		receipt->results[i] = stack->inst[i]->result;
		if (complete && stack->inst[i]->chunk_meta)
			sha256_final(&area->sha[1 + i], filter->meta_digest);
	}
	if (complete)
		sha256_final(&area->sha[0], receipt->digest);
}

/**
 * dumpflt_receipt_fill - say what became of the dump
 * @area: the area; counts known, digests computed if it is complete
 * @state: DUMPFLT_SLOT_COMPLETE, _FAILED or _INTERRUPTED
 *
 * Context: process context, stack lock held.
 * Return: 0 or a negative errno; the session has failed then, and the receipt
 * is good for nothing.
 */
int dumpflt_receipt_fill(struct dumpflt_area *area, u32 state)
{
	const struct dumpflt_disk_slot *entry = &area->header->slots[area->slot];
	struct dumpflt_disk_receipt *receipt = area->receipt;
	struct dumpflt_stack *stack = area->stack;
	bool complete = state == DUMPFLT_SLOT_COMPLETE;
	char text[DUMPFLT_ERROR_TEXT];
	unsigned int i;
	int err, ret;

	memset(receipt, 0, sizeof(*receipt));
	memcpy(receipt->magic, DUMPFLT_MAGIC_RECEIPT, DUMPFLT_MAGIC_SIZE);
	receipt->version = cpu_to_le32(DUMPFLT_FORMAT_VERSION);
	receipt->state = cpu_to_le32(state);
	memcpy(receipt->uuid, area->header->fixed.uuid, sizeof(receipt->uuid));
	memcpy(receipt->session, area->session, sizeof(receipt->session));
	receipt->number = entry->number;
	receipt->slot = cpu_to_le32(area->slot);
	receipt->started = entry->started;
	receipt->ended = cpu_to_le64(ktime_get_real_seconds());
	receipt->dump_size = cpu_to_le64(area->dump_size);
	receipt->chunks = cpu_to_le64(area->chunks);
	receipt->written = cpu_to_le64(atomic64_read(&stack->bytes));
	receipt->durability = cpu_to_le32(stack->durability);
	if (!complete) {
		err = dumpflt_error_get(&stack->error, text, sizeof(text));
		receipt->err = cpu_to_le32(-err);
		strscpy(receipt->text, text, sizeof(receipt->text));
		receipt->flush_err = cpu_to_le32(-stack->flush_err);
	}
	for (i = 0; i < DUMPFLT_NR_PHASES; i++)
		receipt->phase_ms[i] = cpu_to_le32(area->phase_ms[i]);
	fill_filters(area, complete);
	ret = dumpflt_mac_receipt(area);
	if (ret)
		dumpflt_fail(stack, NULL, ret, "the MAC of the receipt failed");
	dumpflt_receipt_seal(receipt);
	return ret;
}

/**
 * dumpflt_receipt_write - write both copies of the receipt
 * @area: its receipt is filled and sealed, or all zeros to take an old one away
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_receipt_write(struct dumpflt_area *area)
{
	unsigned int copy;
	int ret = 0;

	/* the second one all the more if the first one fails */
	for (copy = 0; copy < 2; copy++) {
		int err = dumpflt_area_write_at(area, area->receipt,
						sizeof(*area->receipt),
						dumpflt_geometry_receipt(&area->geo,
									 area->slot,
									 copy),
						"the receipt");

		ret = ret ?: err;
	}
	return ret;
}
