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
#include <sys/stat.h>
#include <unistd.h>

#include "lib/folder.h"
#include "lib/report.h"

/* Is it that the file system does not know such a thing? @err is positive */
bool folder_cannot(int err)
{
	return err == EINVAL || err == EOPNOTSUPP || err == ENOLCK ||
	       err == EBADF || err == ENOSYS;
}

/* Is it ours, and can nobody else put anything into it, or take anything away? */
int folder_check_own(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	return st.st_uid == geteuid() && !(st.st_mode & 0022) ? 0 : -EPERM;
}

/**
 * folder_open_own() - open a folder that nobody else can change
 * @path: of it
 *
 * Who has the folder above may put another one in its place: none that is ours, and
 * what is open stays what it is.
 *
 * Return: a descriptor or a negative errno: -EPERM if others can change it, -ELOOP or
 * -ENOTDIR if it is none
 */
int folder_open_own(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = folder_check_own(fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/**
 * folder_make_own() - the same, and make it if it is not there
 * @path: of it; the folder above must be there
 * @mode: for a new one, whatever the umask is
 *
 * Return: as folder_open_own()
 */
int folder_make_own(const char *path, mode_t mode)
{
	bool made = !mkdir(path, mode);
	int fd, ret = 0;

	if (!made && errno != EEXIST)
		return -errno;
	fd = folder_open_own(path);
	if (fd >= 0 && made && fchmod(fd, mode))
		ret = -errno;
	if (!ret)
		return fd;
	close(fd);
	return ret;
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
