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
#include <sys/stat.h>

#define OUTFILE_PATH_MAX	4096
#define OUTFILE_NAME_MAX	256	/* with its NUL */

/**
 * struct outfile - a file in the making
 * @fd: of @partial, locked while it is open; negative if it is closed
 * @folder: that it will be in, wherever that is moved to
 * @replace: a file of that name may exist, and is replaced
 * @end: behind the last byte that was written; everything behind is a hole
 * @path: what the caller calls it, for messages
 * @name: what it will be called
 * @partial: what it is called until then
 */
struct outfile {
	int		fd;
	int		folder;
	bool		replace;
	__u64		end;
	const char	*path;
	char		name[OUTFILE_NAME_MAX];
	char		partial[OUTFILE_NAME_MAX];
};

int outfile_open(struct outfile *file, const char *path, bool replace);
int outfile_open_at(struct outfile *file, int folder, const char *path,
		    bool replace);
bool outfile_replaces(const struct outfile *file, dev_t dev, ino_t ino);
int outfile_write(struct outfile *file, __u64 offset, const unsigned char *data,
		  size_t len);
int outfile_sync(struct outfile *file, __u64 size);
int outfile_commit(struct outfile *file);
void outfile_discard(struct outfile *file);
int outfile_put(int folder, const char *path, const char *text, size_t len, bool replace);

/* partial.c */
#define PARTIAL_ID_CHARS	8
#define PARTIAL_END		".partial"
/* Means nothing on a file. Where a file system does not know it, nothing is taken for left */
#define PARTIAL_MARK		S_ISVTX

int partial_create(struct outfile *file);
void partial_end(const struct outfile *file);
bool partial_is_of(const char *entry, const char *name);

#endif
