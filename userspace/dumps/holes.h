/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is missing in the middle of a dump that is salvaged.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HOLES_H
#define DUMPFLT_HOLES_H

#include <linux/types.h>

/* So many are listed; whoever could write to the disk can have made as many as it has chunks */
#define HOLES_MAX	1024

/**
 * struct hole - bytes of the dump that are no good
 * @offset: in the dump
 * @bytes: more than 0
 */
struct hole {
	__u64	offset;
	__u64	bytes;
};

/**
 * struct holes - all of them
 * @list: the first ones, in order, none of which touches the next
 * @nr: how many there are, of which the first HOLES_MAX are in @list
 * @bytes: in all of them
 */
struct holes {
	struct hole	list[HOLES_MAX];
	__u64		nr;
	__u64		bytes;
};

void holes_add(struct holes *holes, __u64 offset, __u64 bytes);
void holes_report(const struct holes *holes);

#endif
