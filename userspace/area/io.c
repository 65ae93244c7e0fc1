// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bytes of a dump area on a block device or in an image file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "area/area.h"

static int read_fd(void *ctx, void *buf, size_t len, __u64 offset)
{
	const struct area_io *io = ctx;
	char *to = buf;
	ssize_t n;

	if (offset > io->size || io->size - offset < len)
		return -ENODATA;
	while (len) {
		n = pread(io->fd, to, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		/* it has become shorter */
		if (!n)
			return -ENODATA;
		to += n;
		offset += (__u64)n;
		len -= (size_t)n;
	}
	return 0;
}

static int find_size(int fd, __u64 *size)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (S_ISBLK(st.st_mode))
		return ioctl(fd, BLKGETSIZE64, size) ? -errno : 0;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	*size = (__u64)st.st_size;
	return 0;
}

/* A device can be opened for writing and still refuse every write */
static int check_writable(int fd)
{
	int read_only = 0;

	return !ioctl(fd, BLKROGET, &read_only) && read_only ? -EROFS : 0;
}

/**
 * area_io_open() - open a block device or an image file
 * @io: filled
 * @path: of it
 * @writable: to be changed, so that no mounted or claimed device is opened
 *
 * Return: 0 or a negative errno; -EBUSY if it is in use, -EROFS if it is
 * read-only, -EINVAL if it is neither a block device nor a file
 */
int area_io_open(struct area_io *io, const char *path, bool writable)
{
	int flags = writable ? O_RDWR : O_RDONLY;
	struct stat st;
	int ret;

	/* of a file O_EXCL means something else, so only for devices */
	if (writable && !stat(path, &st) && S_ISBLK(st.st_mode))
		flags |= O_EXCL;
	io->read = read_fd;
	io->ctx = io;
	io->fd = open(path, flags | O_CLOEXEC);
	if (io->fd < 0)
		return -errno;
	ret = find_size(io->fd, &io->size);
	if (!ret && writable)
		ret = check_writable(io->fd);
	if (ret)
		area_io_close(io);
	return ret;
}

void area_io_close(struct area_io *io)
{
	if (io->fd >= 0)
		close(io->fd);
	io->fd = -1;
}
