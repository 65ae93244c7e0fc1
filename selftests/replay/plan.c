// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which images to try.
 *
 * Some follow from the log: at each cut what is there if nothing or everything
 * was lost that had not been flushed, and after each flush a header that goes
 * bad. The others are samples, some with such a header, too. Half of them take
 * any cut, the other half any flush first and then a cut before it: most writes
 * are data, but what decides is in the few around a flush.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <stdlib.h>

#include "plan.h"

static void add(struct plan *plan, size_t cut, enum image_kind kind, __u64 seed)
{
	plan->images[plan->nr++] = (struct image){ cut, kind, seed };
}

static bool has_open(const struct log *log, size_t cut)
{
	return cut && !log_is_flush(&log->requests[cut - 1]);
}

/* What follows from the log for this cut */
static void add_cut(struct plan *plan, const struct log *log, size_t cut)
{
	add(plan, cut, IMAGE_ALL, 0);
	if (has_open(log, cut)) {
		add(plan, cut, IMAGE_NONE, 0);
	} else if (cut) {
		add(plan, cut, IMAGE_BAD_A, 0);
		add(plan, cut, IMAGE_BAD_B, 0);
	}
}

/* Keep no more than @nr, each with the same chance, the last cut for certain */
static void thin_out(struct plan *plan, size_t nr, size_t last, __u64 *random)
{
	size_t i, kept = 0, all = plan->nr;

	for (i = 0; i < all; i++)
		if (plan->images[i].cut == last || random_below(random, all) < nr)
			plan->images[kept++] = plan->images[i];
	plan->nr = kept;
}

/* A cut somewhere before the flush number @flush, or before the end of the log */
static size_t cut_before_flush(const struct log *log, size_t flush, __u64 *random)
{
	size_t first, last, i;

	for (i = 0; i < log->nr; i++)
		if (log_is_flush(&log->requests[i]) && !flush--)
			break;
	last = i;
	first = log_durable(log, last);
	if (first == last || random_next(random) & 1)
		return last;
	return first + 1 + random_below(random, last - first);
}

/* Of two headers one may go bad, too, but not while the other one is written */
static bool may_go_bad(const struct disk *disk, size_t cut)
{
	const struct log *log = disk->log;
	size_t i, from = log_durable(log, cut);

	for (i = from; i < cut; i++)
		if (disk_is_header(disk, log->requests[i].offset))
			return false;
	return true;
}

static void add_sample(struct plan *plan, const struct disk *disk, __u64 *random)
{
	enum image_kind kind = IMAGE_SAMPLE;
	const struct log *log = disk->log;
	__u64 seed;
	size_t cut;

	if (random_next(random) & 1)
		cut = 1 + random_below(random, log->nr);
	else
		cut = cut_before_flush(log, random_below(random, log->nr_flushes + 1), random);
	if (!has_open(log, cut))
		return;
	seed = random_next(random);
	if (seed % 8 < 2 && may_go_bad(disk, cut))
		kind = seed % 8 ? IMAGE_BAD_B : IMAGE_BAD_A;
	add(plan, cut, kind, seed);
}

static int compare_images(const void *a, const void *b)
{
	const struct image *x = a, *y = b;

	if (x->cut != y->cut)
		return x->cut < y->cut ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->seed > y->seed) - (x->seed < y->seed);
}

int plan_make(struct plan *plan, const struct disk *disk, size_t nr, __u64 seed, bool at_end)
{
	const struct log *log = disk->log;
	__u64 random = seed;
	size_t cut;

	plan->nr = 0;
	plan->images = calloc(nr + 3 * (log->nr + 1), sizeof(*plan->images));
	if (!plan->images) {
		perror("ERROR: allocation failed");
		return -1;
	}
	if (at_end) {
		add_cut(plan, log, log->nr);
		while (plan->nr < nr && has_open(log, log->nr))
			add(plan, log->nr, IMAGE_SAMPLE, random_next(&random));
		return 0;
	}
	for (cut = 0; cut <= log->nr; cut++)
		add_cut(plan, log, cut);
	if (plan->nr > nr / 2)
		thin_out(plan, nr / 2, log->nr, &random);
	while (plan->nr < nr)
		add_sample(plan, disk, &random);
	qsort(plan->images, plan->nr, sizeof(*plan->images), compare_images);
	return 0;
}

void plan_free(struct plan *plan)
{
	free(plan->images);
}
