/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory of this machine is used for, page by page, as makedumpfile's
 * levels tell pages apart.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CENSUS_H
#define DUMPFLT_CENSUS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * enum census_kind - what a page is for
 * @CENSUS_KERNEL: the kernel itself: no level leaves it out
 * @CENSUS_CACHE: page cache
 * @CENSUS_PRIVATE: page cache with data of its file system
 * @CENSUS_USER: memory of processes
 * @CENSUS_FREE: nothing
 * @CENSUS_KINDS: how many there are
 */
enum census_kind {
	CENSUS_KERNEL,
	CENSUS_CACHE,
	CENSUS_PRIVATE,
	CENSUS_USER,
	CENSUS_FREE,
	CENSUS_KINDS,
};

/**
 * struct census - all pages
 * @pages: of each kind
 * @seen: each page was looked at; else they are as /proc/meminfo counts them
 * @nr: valid entries of @picked, of each kind
 * @picked: numbers of some pages, every page of its kind being as likely; ascending
 */
struct census {
	__u64	pages[CENSUS_KINDS];
	bool	seen;
	size_t	nr[CENSUS_KINDS];
	__u64	*picked[CENSUS_KINDS];
};

int census_take(struct census *census, size_t pick);
void census_free(struct census *census);
const char *census_word(enum census_kind kind);
bool census_is_kept(enum census_kind kind, __u64 level);

#endif
