/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going over a dump in an area, with progress, until it ends or a signal comes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_WALK_H
#define DUMPFLT_WALK_H

#include "dumps/open.h"

int walk_slot(const struct open_area *open, const struct area_slot *slot,
	      const char *phase, const struct area_opener *opener,
	      area_sink sink, void *ctx, struct area_verdict *verdict);

#endif
