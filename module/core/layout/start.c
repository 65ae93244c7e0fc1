// SPDX-License-Identifier: GPL-2.0-only
/*
 * The beginning of a dump in an area.
 *
 *	dumpflt_area_begin	a slot is chosen
 *	the filters' start	they may store metadata. If one fails, nothing of
 *				the slot has changed: its dump is still there
 *	dumpflt_area_started	the header says that the slot is in use: durable.
 *				The receipts of the slot's last dump are taken
 *				away: durable before anything else of the slot
 *				changes. Then that metadata is written: durable
 *				before the first chunk
 *
 * After a power cut at any point of this, the slot is either as it was, or its
 * dump is known as torn: the header names the new session, whose receipt there
 * is not; and if the header is lost in turn, the old receipt is gone, or all
 * that it is about is still there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bitmap.h>
#include <linux/ktime.h>
#include <linux/uuid.h>

#include "layout/area.h"

static void reset(struct dumpflt_area *area, u32 slot)
{
	unsigned int i;

	area->slot = slot;
	area->before = area->header->slots[slot];
	generate_random_uuid(area->session);
	memset(area->claimed, 0,
	       BITS_TO_LONGS(area->geo.slot_chunks) * sizeof(long));
	memset(area->phase_ms, 0, sizeof(area->phase_ms));
	area->is_open = false;
	area->tail_chunk = 0;
	area->tail_bytes = 0;
	area->dump_size = 0;
	area->chunks = 0;
	dumpflt_records_reset(area);
	dumpflt_sum_begin(area);
	for (i = 0; i < area->stack->nr_inst; i++)
		dumpflt_instance_begin(area->stack->inst[i]);
}

/**
 * dumpflt_area_begin - choose a slot
 * @stack: the stack; no session
 *
 * Context: process context, stack lock held, queue frozen.
 * Return: 0; -ENOSPC if there is no slot. The session has failed then.
 */
int dumpflt_area_begin(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = stack->area;
	int slot = dumpflt_slot_choose(area->header);

	area->begun = false;
	area->phase_start = ktime_get_ns();
	if (slot < 0) {
		dumpflt_fail(area->stack, NULL, -ENOSPC,
			     "no free slot in the dump area: copy a dump out with 'dumpflt extract' and free its slot with 'dumpflt release'");
		return -ENOSPC;
	}
	reset(area, slot);
	WRITE_ONCE(area->number, area->number + 1);
	return 0;
}

/**
 * dumpflt_area_take_slot - say on the disk whose the slot is
 * @area: the area, after dumpflt_area_begin()
 *
 * Context: process context, stack lock held, queue frozen; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_area_take_slot(struct dumpflt_area *area)
{
	int ret;

	if (!dumpflt_slot_start(area->header, area->slot, area->session,
				ktime_get_real_seconds())) {
		dumpflt_fail(area->stack, NULL, -EOVERFLOW,
			     "the dump area has counted to its end: collect its dumps, then format it anew");
		return -EOVERFLOW;
	}
	ret = dumpflt_area_write_header(area);
	if (!ret)
		ret = dumpflt_flush_target(area->stack);
	area->begun = !ret;
	return ret;
}

static int collect_metadata(struct dumpflt_area *area)
{
	struct dumpflt_stack *stack = area->stack;
	unsigned int i;

	dumpflt_fmeta_begin(area->fmeta, area->session);
	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];
		struct dumpflt_disk_fmeta entry = {
			.number = cpu_to_le16(inst->entry->number),
			.chunk_meta = cpu_to_le16(inst->chunk_meta),
			.flags = cpu_to_le32(dumpflt_receipt_flags(inst)),
			.len = cpu_to_le32(inst->stored_len),
		};

		/* its place in the records stays, whether it takes part or not */
		memcpy(entry.name, inst->entry->name, sizeof(entry.name));
		if (WARN_ON_ONCE(dumpflt_fmeta_add(area->fmeta, &entry,
						   inst->stored)))
			return -E2BIG;
	}
	dumpflt_fmeta_seal(area->fmeta);
	return 0;
}

/**
 * dumpflt_area_started - take the slot, write what the filters stored
 * @stack: the stack; every filter's start has succeeded
 *
 * Context: process context, stack lock held, queue frozen; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_area_started(struct dumpflt_stack *stack)
{
	struct dumpflt_area *area = stack->area;
	int ret;

	/* before the slot is taken: what refuses the session leaves it as it was */
	ret = dumpflt_mac_order(area);
	if (!ret)
		ret = dumpflt_area_take_slot(area);
	if (!ret)
		ret = collect_metadata(area);
	if (!ret)
		ret = dumpflt_receipt_take_away(area);
	if (!ret)
		ret = dumpflt_area_write_at(area, area->fmeta,
					    DUMPFLT_AREA_UNIT,
					    dumpflt_geometry_fmeta(&area->geo,
								   area->slot),
					    "filter metadata");
	if (!ret)
		ret = dumpflt_flush_target(area->stack);
	dumpflt_area_phase(area, DUMPFLT_PHASE_START);
	return ret;
}
