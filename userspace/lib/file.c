// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small files that people write: configurations, keys.
 *
 * What stands in place of one is not waited for, and not read without an end.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/report.h"

/* Whoever writes a larger one has given the wrong name */
#define SIZE_MAX_HERE	1048576

/* A pipe without a name comes from who started us, and has a writer: <(age -d ...) */
static bool is_anonymous(int fd)
{
	struct statfs fs;

	return !fstatfs(fd, &fs) && (unsigned long)fs.f_type == PIPEFS_MAGIC;
}

static int check_kind(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISREG(st.st_mode))
		return st.st_size > SIZE_MAX_HERE ? -EFBIG : 0;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISFIFO(st.st_mode) || !is_anonymous(fd))
		return -EINVAL;
	/* its writer is waited for */
	return fcntl(fd, F_SETFL, O_RDONLY) ? -errno : 0;
}

static int open_small(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int ret;

	/* a socket */
	if (fd < 0)
		return errno == ENXIO ? -EINVAL : -errno;
	ret = check_kind(fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/**
 * file_open() - open a small file for reading
 * @op: what for, in words
 * @path: of it
 *
 * Return: a descriptor or a negative errno, which is reported
 */
int file_open(const char *op, const char *path)
{
	int fd = open_small(path);

	if (fd == -EINVAL)
		report_failure(op, path, "it is not a file");
	else if (fd < 0)
		report_error(op, path, -fd);
	return fd;
}

/**
 * file_stream() - file_open() for stdio
 * @op: what for, in words
 * @path: of it
 * @file: set, for fclose()
 *
 * Return: 0 or a negative errno, which is reported
 */
int file_stream(const char *op, const char *path, FILE **file)
{
	int fd = file_open(op, path), ret;

	if (fd < 0)
		return fd;
	*file = fdopen(fd, "r");
	if (*file)
		return 0;
	ret = -errno;
	report_error(op, path, -ret);
	close(fd);
	return ret;
}
