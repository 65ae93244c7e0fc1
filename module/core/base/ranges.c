// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which bytes of a dump were written, exactly.
 *
 * A dump is written nearly in order, so that a few ranges say it all; a counter
 * would take a block that was written twice for two blocks.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifdef __KERNEL__
#include <linux/minmax.h>
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "ranges.h"

/**
 * dumpflt_ranges_reset - nothing was written
 * @ranges: the set; its room stays
 *
 * Context: any.
 */
void dumpflt_ranges_reset(struct dumpflt_ranges *ranges)
{
	ranges->nr = 0;
	ranges->lost = false;
}

/* The first range that ends at or behind @at, or @ranges->nr */
static unsigned int find_range(const struct dumpflt_ranges *ranges, u64 at)
{
	unsigned int low = 0, high = ranges->nr;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (ranges->range[middle].end < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void insert_range(struct dumpflt_ranges *ranges, unsigned int i,
			 u64 start, u64 end)
{
	struct dumpflt_range *range = &ranges->range[i];

	if (ranges->nr == ranges->max) {
		ranges->lost = true;
		return;
	}
	memmove(range + 1, range, (ranges->nr - i) * sizeof(*range));
	range->start = start;
	range->end = end;
	ranges->nr++;
}

/**
 * dumpflt_ranges_add - these bytes were written
 * @ranges: has room already: none is made here
 * @start: first byte
 * @end: behind the last byte; nothing happens if it is not behind @start
 *
 * With as many ranges as there is room for, one more that touches none of them
 * is left out: what the set says was written still was.
 *
 * Context: any; the caller sees to it that nobody else uses @ranges.
 */
void dumpflt_ranges_add(struct dumpflt_ranges *ranges, u64 start, u64 end)
{
	unsigned int first, last;
	struct dumpflt_range *range;

	if (start >= end)
		return;
	first = find_range(ranges, start);
	range = &ranges->range[first];
	if (first == ranges->nr || range->start > end) {
		insert_range(ranges, first, start, end);
		return;
	}
	if (start < range->start)
		range->start = start;
	/* it may have closed the gap to those behind it */
	for (last = first; last + 1 < ranges->nr &&
	     ranges->range[last + 1].start <= end; last++)
		;
	if (ranges->range[last].end > end)
		end = ranges->range[last].end;
	range->end = end;
	memmove(range + 1, &ranges->range[last + 1],
		(ranges->nr - last - 1) * sizeof(*range));
	ranges->nr -= last - first;
}

/**
 * dumpflt_ranges_prefix - how far was everything written, from 0?
 * @ranges: nobody adds to it meanwhile
 *
 * Context: any.
 * Return: the first byte that was not, as far as is known.
 */
u64 dumpflt_ranges_prefix(const struct dumpflt_ranges *ranges)
{
	return ranges->nr && !ranges->range[0].start ? ranges->range[0].end : 0;
}

/**
 * dumpflt_ranges_bytes - how many bytes were written, each counted once?
 * @ranges: nobody adds to it meanwhile
 *
 * Context: any.
 * Return: the number, or less if some were left out.
 */
u64 dumpflt_ranges_bytes(const struct dumpflt_ranges *ranges)
{
	u64 bytes = 0;
	unsigned int i;

	for (i = 0; i < ranges->nr; i++)
		bytes += ranges->range[i].end - ranges->range[i].start;
	return bytes;
}
