/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dumps of the configured area, each in a folder of its own; the newest are kept.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_KEEP_H
#define DUMPFLT_KEEP_H

#include "dumps/collect.h"

#define KEEP_FOLDER	(COLLECT_NAME + TEXT_TIME_MAX)	/* name of a dump's folder */
#define KEEP_SUMMARY	"summary.txt"

/* keep.c */
enum collect_result keep_dump(struct collect_copy *copy,
			      const struct collect_folder *above);

/* keep_prune.c */
int keep_prune(const struct open_area *open, const struct collect_folder *above, __u64 keep);

#endif
