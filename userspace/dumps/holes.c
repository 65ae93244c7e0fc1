// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is missing in the middle of a dump that is salvaged.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "dumps/holes.h"
#include "lib/report.h"

/* A terminal has more to show */
#define LINES		16

/**
 * holes_add() - one more
 * @holes: those before it
 * @offset: behind them, and not just behind
 * @bytes: more than 0
 */
void holes_add(struct holes *holes, __u64 offset, __u64 bytes)
{
	if (holes->nr < HOLES_MAX)
		holes->list[holes->nr] = (struct hole){ offset, bytes };
	holes->nr++;
	holes->bytes += bytes;
}

/**
 * holes_report() - where the first ones are, and how many there are
 * @holes: may be none
 */
void holes_report(const struct holes *holes)
{
	__u64 i;

	if (!holes->nr)
		return;
	report_hint("%llu hole%s, %llu bytes in all, zeros in their place:", holes->nr,
		    holes->nr == 1 ? "" : "s", holes->bytes);
	for (i = 0; i < holes->nr && i < LINES; i++)
		report_hint("  %llu bytes at byte %llu", holes->list[i].bytes,
			    holes->list[i].offset);
	if (holes->nr > LINES)
		report_hint("  and %llu more", holes->nr - LINES);
}
