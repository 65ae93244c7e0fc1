/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that appears under its name only when it is whole and durable.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_OUTFILE_H
#define DUMPFLT_OUTFILE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define OUTFILE_PATH_MAX	4096

/**
 * struct outfile - a file in the making
 * @fd: of @partial, negative if it is closed
 * @replace: a file of that name may exist, and is replaced
 * @end: behind the last byte that was written; everything behind is a hole
 * @path: what it will be called
 * @partial: what it is called until then
 */
struct outfile {
	int	fd;
	bool	replace;
	__u64	end;
	char	path[OUTFILE_PATH_MAX];
	char	partial[OUTFILE_PATH_MAX];
};

int outfile_open(struct outfile *file, const char *path, bool replace);
int outfile_write(struct outfile *file, __u64 offset, const unsigned char *data,
		  size_t len);
int outfile_sync(struct outfile *file, __u64 size);
int outfile_commit(struct outfile *file);
void outfile_discard(struct outfile *file);

#endif
