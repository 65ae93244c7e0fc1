// SPDX-License-Identifier: GPL-2.0-only
/*
 * The dump area's own structures on their way to the target, and how long each
 * phase of a session takes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "layout/area.h"

/**
 * dumpflt_area_phase - a phase of the session is over
 * @area: of a session, from dumpflt_area_begin() on
 * @phase: DUMPFLT_PHASE_*; the next one begins now
 *
 * Context: stack lock held.
 */
void dumpflt_area_phase(struct dumpflt_area *area, unsigned int phase)
{
	u64 now = ktime_get_ns();

	area->phase_ms[phase] += div_u64(now - area->phase_start, NSEC_PER_MSEC);
	area->phase_start = now;
}

/**
 * dumpflt_area_write_at - write some of the area's own structures
 * @area: of a stack whose target is open
 * @data: physically contiguous
 * @len: bytes of @data
 * @offset: bytes from the start of the target
 * @what: for the message if it fails, which fails the session too
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms.
 * Return: 0 or a negative errno.
 */
int dumpflt_area_write_at(struct dumpflt_area *area, void *data, u32 len,
			  u64 offset, const char *what)
{
	int ret = dumpflt_sync_io(area->stack, &area->stack->sync,
				  REQ_OP_WRITE | REQ_SYNC, data, len, offset);

	if (ret)
		dumpflt_fail(area->stack, NULL, ret, "writing %s at %llu failed",
			     what, offset);
	return ret;
}

/**
 * dumpflt_area_write_header - write the header where the older copy is
 * @area: the area, header changed
 *
 * To be flushed by the caller. One that readers would refuse is not written.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0 or a negative errno; the session has failed then.
 */
int dumpflt_area_write_header(struct dumpflt_area *area)
{
	unsigned int copy = !area->copy;
	const char *wrong;
	int ret;

	wrong = dumpflt_header_finish(area->header, area->stack->target.size);
	if (wrong) {
		dumpflt_fail(area->stack, NULL, -EUCLEAN,
			     "the header of the dump area is not written, as every reader would refuse it: %s",
			     wrong);
		return -EUCLEAN;
	}
	ret = dumpflt_area_write_at(area, area->header, sizeof(*area->header),
				    dumpflt_geometry_header(&area->geo, copy),
				    "the header of the dump area");
	if (!ret)
		area->copy = copy;
	return ret;
}
