// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files that are in the folder already: is this one of those that we make there?
 *
 * Who else may write to a copy could do so when its slot has been let go.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumps/collect.h"
#include "lib/report.h"
#include "lib/text.h"

#define OTHERS_WRITE	0022

static bool is_like(const struct stat *st, uid_t owner, mode_t mode)
{
	return st->st_uid == owner && !(st->st_mode & OTHERS_WRITE & ~mode);
}

/*
 * Some file systems give every file an owner and a mode of their own (vfat, or NFS
 * with root_squash): what does one get that is made now?
 */
static bool is_as_made_here(const struct collect_folder *folder,
			    const char *path, const struct stat *st)
{
	/* Too large for a stack, and there is only one at a time */
	static struct outfile file;
	struct stat made;
	bool same;

	if (outfile_open_at(&file, folder->fd, path, true))
		return false;
	same = !fstat(file.fd, &made) && is_like(st, made.st_uid, made.st_mode);
	outfile_discard(&file);
	return same;
}

/**
 * collect_open() - open a file that is in the folder
 * @folder: open, wherever it is by now
 * @path: of it: only the last part counts
 *
 * Return: a descriptor or a negative errno
 */
int collect_open(const struct collect_folder *folder, const char *path)
{
	int fd = openat(folder->fd, text_base(path), O_RDONLY | O_CLOEXEC |
			O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

/* Returns: what the caller is to return */
static int report_unreadable(const char *path, int err)
{
	if (err == ENOENT)
		return -ENOENT;
	/* a link, a socket */
	if (err == ELOOP || err == ENXIO)
		return -EEXIST;
	report_error("looking for the copy", path, err);
	return -EIO;
}

/**
 * collect_open_own() - open a file that is in the folder, if it can be ours
 * @folder: open
 * @path: of it
 *
 * Return: a descriptor; -ENOENT; -EEXIST if it is no file; anything else is
 * reported: -EACCES if others may write to it
 */
int collect_open_own(const struct collect_folder *folder, const char *path)
{
	int fd = collect_open(folder, path);
	struct stat st;

	if (fd < 0)
		return report_unreadable(path, -fd);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return -EEXIST;
	}
	if (is_like(&st, geteuid(), 0) || is_as_made_here(folder, path, &st))
		return fd;
	close(fd);
	report_failure("collecting", path,
		       "it is there, and others than who collects may write to it");
	report_hint("Nothing is overwritten. Move it away, or collect into another folder.");
	return -EACCES;
}
