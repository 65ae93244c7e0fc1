// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Folders that files are put into, on whatever file system.
 *
 * Some of them cannot lock, or flush a folder, and say so in different ways.
 * That is no reason to keep no dump there; it is said once.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/folder.h"
#include "lib/report.h"

/* Is it that the file system does not know such a thing? @err is positive */
bool folder_cannot(int err)
{
	return err == EINVAL || err == EOPNOTSUPP || err == ENOLCK ||
	       err == EBADF || err == ENOSYS;
}

/**
 * folder_list() - go through what is in a folder
 * @folder: open; the caller's, and its place in it, too
 *
 * Return: for closedir(); or NULL, with errno
 */
DIR *folder_list(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	int err = errno;

	if (!dir && fd >= 0)
		close(fd);
	errno = err;
	return dir;
}

/**
 * folder_sync() - make the names in a folder durable
 * @fd: of it
 * @path: of it or of something in it, for the warning
 *
 * Return: 0 or a negative errno; 0 with a warning, once, if it cannot be done
 */
int folder_sync(int fd, const char *path)
{
	static bool warned;

	if (!fsync(fd))
		return 0;
	if (!folder_cannot(errno))
		return -errno;
	if (!warned)
		report_warning("'%s': this file system flushes no folders: without power, the name may be lost again",
			       path);
	warned = true;
	return 0;
}
