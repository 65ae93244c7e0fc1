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

/**
 * file_open() - open a small file for reading
 * @path: of it
 *
 * Return: a descriptor or a negative errno; -EINVAL if it is no file
 */
int file_open(const char *path)
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

/* What is to be said if file_open() fails, in the course of @op */
void file_report_open(const char *op, const char *path, int err)
{
	if (err == -EINVAL)
		report_failure(op, path, "it is not a file");
	else
		report_error(op, path, -err);
}
