/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeros over what is not to be read any more, and the proof that they are there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_ZEROS_H
#define DUMPFLT_ZEROS_H

#include <linux/types.h>
#include <stdbool.h>

/**
 * struct zeros - a device or a file that is written over
 * @step: told after each piece how long it was, may be NULL; not 0 stops
 * @ctx: for @step
 * @fd: of it
 * @flags: that @fd had before
 * @direct: the page cache is gone past
 * @at: where in it something went wrong, or was stopped
 * @skips: a block that takes no zeros, or does not give them back, ends nothing
 * @skipped: how many bytes that were
 * @error: of the first of them, a negative errno; it was at @first
 * @first: likewise
 * @blank: what is written
 * @piece: what is read
 */
struct zeros {
	int		(*step)(void *ctx, __u64 bytes);
	void		*ctx;
	int		fd;
	int		flags;
	bool		direct;
	__u64		at;
	bool		skips;
	__u64		skipped;
	__u64		first;
	int		error;
	void		*blank;
	void		*piece;
};

int zeros_begin(struct zeros *zeros, int fd);
void zeros_end(struct zeros *zeros);
int zeros_write(struct zeros *zeros, __u64 from, __u64 len);
int zeros_check(struct zeros *zeros, __u64 from, __u64 len);

#endif
