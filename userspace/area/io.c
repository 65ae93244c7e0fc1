// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The bytes of a dump area on a block device or in an image file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/file.h>
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

/*
 * Nobody else who changes areas does so at the same time; see flock(2). Not every
 * file system knows locks, nor does a kernel without CONFIG_FILE_LOCKING (ENOSYS),
 * as a capture kernel may be.
 */
static int lock_area(struct area_io *io, int fd)
{
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK)
		return -EAGAIN;
	if (errno != ENOLCK && errno != EOPNOTSUPP && errno != EINVAL &&
	    errno != ENOSYS)
		return -errno;
	io->unlocked = true;
	return 0;
}

/*
 * A device is opened once more for it alone, and held: the lock is on what was
 * opened first. A name may have become another device's meanwhile.
 */
static int claim_device(struct area_io *io, const char *path, const struct stat *st)
{
	struct stat claimed;
	int fd = open(path, O_RDWR | O_EXCL | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &claimed) || !S_ISBLK(claimed.st_mode) ||
	    claimed.st_rdev != st->st_rdev) {
		close(fd);
		return -ESTALE;
	}
	io->lock = io->fd;
	io->fd = fd;
	return check_writable(fd);
}

static int prepare_io(struct area_io *io, const char *path, bool writable)
{
	struct stat st;
	int ret;

	if (fstat(io->fd, &st))
		return -errno;
	if (!S_ISBLK(st.st_mode) && !S_ISREG(st.st_mode))
		return -EINVAL;
	ret = writable ? lock_area(io, io->fd) : 0;
	if (!ret && writable && S_ISBLK(st.st_mode))
		ret = claim_device(io, path, &st);
	return ret ? ret : find_size(io->fd, &io->size);
}

/* Of what is no file nothing waits: a pipe would, for a writer */
static int open_path(const char *path, bool writable)
{
	const int common = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	struct stat st;

	/* of a device the first one only locks: a claimed one can be opened so */
	if (writable && !stat(path, &st) && S_ISBLK(st.st_mode))
		writable = false;
	return open(path, (writable ? O_RDWR : O_RDONLY) | common);
}

/**
 * area_io_open() - open a block device or an image file
 * @io: filled
 * @path: of it
 * @writable: to be changed, so that no mounted or claimed device is opened, and
 *	that nobody else changes it until area_io_close()
 *
 * Return: 0 or a negative errno; -EAGAIN if somebody else is changing it, -EBUSY
 * if it is in use, -EROFS if it is read-only, -EINVAL if it is neither a block
 * device nor a file
 */
int area_io_open(struct area_io *io, const char *path, bool writable)
{
	int ret;

	memset(io, 0, sizeof(*io));
	io->read = read_fd;
	io->ctx = io;
	io->lock = -1;
	io->fd = open_path(path, writable);
	/* a pipe without a reader, or a socket */
	if (io->fd < 0)
		return errno == ENXIO ? -EINVAL : -errno;
	ret = prepare_io(io, path, writable);
	if (ret)
		area_io_close(io);
	return ret;
}

void area_io_close(struct area_io *io)
{
	if (io->fd >= 0)
		close(io->fd);
	if (io->lock >= 0)
		close(io->lock);
	io->fd = -1;
	io->lock = -1;
}
