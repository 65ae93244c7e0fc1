// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Going over a dump in an area, with progress, until it ends or a signal comes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "area/ahead.h"
#include "dumps/walk.h"
#include "lib/progress.h"
#include "lib/signals.h"
#include "lib/report.h"

struct walk {
	const char	*phase;
	area_sink	sink;
	area_hole	hole;
	void		*ctx;
	struct progress	progress;
};

static int take_walked(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct walk *walk = ctx;

	return walk->sink(walk->ctx, offset, data, len);
}

static int take_hole(void *ctx, __u64 offset, __u64 len)
{
	struct walk *walk = ctx;

	return walk->hole(walk->ctx, offset, len);
}

static int show_walk_progress(void *ctx, __u64 done, __u64 total)
{
	struct walk *walk = ctx;

	progress_show(&walk->progress, walk->phase,
		      (int)(done * 1000 / total), done * DUMPFLT_CHUNK_SIZE);
	return signals_stop() ? -EINTR : 0;
}

static int go_over(const struct open_area *open, const struct area_slot *slot,
		   struct walk *walk, const struct area_opener *opener,
		   struct area_verdict *verdict)
{
	const struct area_scan wanted = {
		.sink = walk->sink ? take_walked : NULL,
		.hole = walk->hole ? take_hole : NULL,
		.progress = show_walk_progress,
		.ctx = walk,
		.all = !walk->sink,
		.opener = opener,
		.lanes = area_ahead_lanes(),
	};
	int ret;

	progress_start(&walk->progress);
	ret = area_scan(&open->area, slot, &wanted, verdict);
	progress_end(&walk->progress);
	if (ret == -EINTR && signals_stop())
		report_failure("reading the dump", open->path, "stopped by %s",
			       signals_stop_name());
	else if (ret == -ENOMEM)
		report_error("reading the dump", open->path, -ret);
	return ret;
}

/**
 * walk_slot() - area_scan() for a command
 * @open: loaded; the area that @slot is in
 * @slot: loaded
 * @phase: what to call it
 * @opener: see area_scan(), may be NULL
 * @sink: likewise; reports its own errors. NULL: chunks that are no good are
 *	counted to the end
 * @ctx: for @sink
 * @verdict: filled
 *
 * Needs signals_catch(). Prints the progress, and what stopped it but for an
 * error of @sink.
 *
 * Return: 0, whatever the verdict is, or a negative errno
 */
int walk_slot(const struct open_area *open, const struct area_slot *slot,
	      const char *phase, const struct area_opener *opener,
	      area_sink sink, void *ctx, struct area_verdict *verdict)
{
	struct walk walk = { .phase = phase, .sink = sink, .ctx = ctx };

	return go_over(open, slot, &walk, opener, verdict);
}

/**
 * walk_over_holes() - walk_slot() that goes on behind what is no good
 * @open: loaded; the area that @slot is in
 * @slot: loaded
 * @opener: see area_scan(), may be NULL
 * @takes: is given the dump; reports its own errors
 * @verdict: filled
 *
 * Return: as walk_slot()
 */
int walk_over_holes(const struct open_area *open, const struct area_slot *slot,
		    const struct area_opener *opener, const struct walk_takes *takes,
		    struct area_verdict *verdict)
{
	struct walk walk = {
		.phase = "Extracting", .sink = takes->sink, .hole = takes->hole,
		.ctx = takes->ctx,
	};

	return go_over(open, slot, &walk, opener, verdict);
}
