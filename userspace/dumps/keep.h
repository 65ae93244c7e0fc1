/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps of the configured area, each in a folder of its own; those collected
 * last are kept.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_KEEP_H
#define DUMPFLT_KEEP_H

#include <time.h>

#include "dumps/collect.h"
#include "lib/text.h"

#define KEEP_FOLDER	(COLLECT_NAME + TEXT_TIME_MAX)	/* name of a dump's folder */
#define KEEP_SUMMARY	"summary.txt"
#define KEEP_SUMMARY_PART "summary" COLLECT_PART ".txt"

/**
 * struct kept - a folder of ours
 * @number: of the dump, as the disk says
 * @when: it was collected
 * @name: of the folder
 */
struct kept {
	__u64		number;
	struct timespec	when;
	char		name[KEEP_FOLDER];
};

/**
 * struct keep_run - one run over an area
 * @open: loaded
 * @above: where the folders are, locked
 * @old: those that were there before the run
 * @nr_old: how many
 * @before: the time of the last of them; all that the run collects gets a later one
 * @last: the time of the last one by now
 * @unsure: what is old cannot be told: nothing is to be removed
 */
struct keep_run {
	struct open_area		*open;
	const struct collect_folder	*above;
	struct kept			*old;
	int				nr_old;
	time_t				before;
	time_t				last;
	bool				unsure;
};

/* keep.c */
enum collect_result keep_dump(struct collect_copy *copy, struct keep_run *run);

/* keep_order.c */
int keep_begin(struct keep_run *run, struct open_area *open,
	       const struct collect_folder *above);
void keep_end(struct keep_run *run);
void keep_stamp(struct keep_run *run, const struct collect_copy *copy);

/* keep_list.c */
const char *keep_dump_part(const char *name);
int keep_open(const struct collect_folder *above, const struct kept *kept);
bool keep_receipt_name(const struct kept *kept, char name[KEEP_FOLDER]);
int keep_list(const struct open_area *open, const struct collect_folder *above,
	      bool tidy, struct kept **all);

/* keep_prune.c */
int keep_prune(const struct keep_run *run, __u64 keep);

#endif
