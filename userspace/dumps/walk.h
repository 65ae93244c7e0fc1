/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going over a dump in an area, with progress, until it ends or a signal comes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_WALK_H
#define DUMPFLT_WALK_H

#include "dumps/open.h"

/**
 * struct walk_takes - what takes a dump with holes
 * @sink: what is good of it
 * @hole: where it is not
 * @ctx: for both
 */
struct walk_takes {
	area_sink	sink;
	area_hole	hole;
	void		*ctx;
};

int walk_slot(const struct open_area *open, const struct area_slot *slot,
	      const char *phase, const struct area_opener *opener,
	      area_sink sink, void *ctx, struct area_verdict *verdict);
int walk_over_holes(const struct open_area *open, const struct area_slot *slot,
		    const struct area_opener *opener, const struct walk_takes *takes,
		    struct area_verdict *verdict);

#endif
