/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which bytes of a dump were written, exactly.
 *
 * PURE: no allocation, no lock, nothing but its arguments; the unit tests of the
 * tool try the same file against a model.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_RANGES_H
#define _DUMPFLT_RANGES_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>

#include <linux/types.h>

typedef __u64 u64;
#endif

/* From @start up to and without @end */
struct dumpflt_range {
	u64	start;
	u64	end;
};

/**
 * struct dumpflt_ranges - a set of bytes, as ranges that do not touch
 * @range: @nr of them, in order; room for @max
 * @nr: how many
 * @max: how many there is room for
 * @lost: some were left out, as there was no room; what is here is still true
 */
struct dumpflt_ranges {
	struct dumpflt_range	*range;
	unsigned int		nr;
	unsigned int		max;
	bool			lost;
};

void dumpflt_ranges_reset(struct dumpflt_ranges *ranges);
void dumpflt_ranges_add(struct dumpflt_ranges *ranges, u64 start, u64 end);
u64 dumpflt_ranges_prefix(const struct dumpflt_ranges *ranges);
u64 dumpflt_ranges_bytes(const struct dumpflt_ranges *ranges);

#endif /* _DUMPFLT_RANGES_H */
