/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sample of this machine's memory, as a file that makedumpfile takes for the
 * memory of a crashed kernel.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SAMPLE_H
#define DUMPFLT_SAMPLE_H

#include "rehearsal/census.h"

/**
 * struct sample - the file
 * @fd: of it
 * @page: bytes of a page
 * @made_up: its pages are: memory could not be read
 * @machine: as ELF calls it
 * @order_of_bytes: likewise
 * @physical: address that the first page is said to have
 * @virtual: likewise, for the kernel
 * @order: kinds, in the order in which they are in the file: those that are
 *	kept first
 * @kept: so many of them are
 * @nr: pages of each kind
 * @zeros: of these, nothing but zeros
 */
struct sample {
	int			fd;
	size_t			page;
	bool			made_up;
	__u16			machine;
	__u8			order_of_bytes;
	__u64			physical;
	__u64			virtual;
	enum census_kind	order[CENSUS_KINDS];
	size_t			kept;
	__u64			nr[CENSUS_KINDS];
	__u64			zeros[CENSUS_KINDS];
};

int sample_make(struct sample *sample, const char *path, const struct census *census,
		__u64 level, const size_t nr[CENSUS_KINDS]);
int sample_show(const struct sample *sample, size_t first, size_t nr);
int sample_show_one(const struct sample *sample);
__u64 sample_pages(const struct sample *sample, size_t first, size_t nr);
void sample_close(struct sample *sample);

#endif
