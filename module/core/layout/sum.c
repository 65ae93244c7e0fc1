// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the records of a session were when they were sealed: a sum over all of them,
 * in whatever order that was.
 *
 * The digests of a receipt are over records that were read back from the disk. Their
 * own checks are CRCs over what is on the disk anyway: who owns the disk can mend
 * them. So every record that is sealed adds the keyed hash of itself and its chunk's
 * number to a sum, and what is read back must give the same one. The key is of the
 * session, and never leaves memory: who does not know it cannot make two sums meet.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/random.h>

#include "layout/area.h"

/**
 * dumpflt_sum_begin - forget the last session's records
 * @area: whose next session begins
 *
 * Context: process context, queue frozen.
 */
void dumpflt_sum_begin(struct dumpflt_area *area)
{
	get_random_bytes(&area->sum.key, sizeof(area->sum.key));
	atomic64_set(&area->sum.sealed, 0);
}

/**
 * dumpflt_sum_of - what a record adds to the sum
 * @area: after dumpflt_sum_begin(): the sum is keyed for each session
 * @record: as it is on the disk, or will be
 * @chunk: whose it is
 *
 * Context: any.
 * Return: the summand.
 */
u64 dumpflt_sum_of(const struct dumpflt_area *area, const void *record, u64 chunk)
{
	u64 hash = siphash(record, area->geo.record_size, &area->sum.key);

	return siphash_2u64(hash, chunk, &area->sum.key);
}

/**
 * dumpflt_sum_seal - a record has been sealed
 * @area: of a session; other lanes may do the same meanwhile
 * @record: as it will be on the disk, of @area->geo.record_size bytes
 * @chunk: whose it is
 *
 * Context: any.
 */
void dumpflt_sum_seal(struct dumpflt_area *area, const void *record, u64 chunk)
{
	atomic64_add(dumpflt_sum_of(area, record, chunk), &area->sum.sealed);
}

/**
 * dumpflt_sum_is - are these the records that were sealed, all of them?
 * @area: the area; no I/O is in flight
 * @sum: over what was read back, of dumpflt_sum_of()
 *
 * Context: any.
 * Return: true if so.
 */
bool dumpflt_sum_is(const struct dumpflt_area *area, u64 sum)
{
	return sum == (u64)atomic64_read(&area->sum.sealed);
}
