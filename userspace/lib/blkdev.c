// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files and block devices: what and how large they are, writes that are whole, memory for
 * O_DIRECT.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/blkdev.h"

/* Buffers for O_DIRECT: no block device has larger logical blocks than a page */
#define ALIGNMENT	4096
/* The smallest that there are, but for kernels that have none of use here */
#define HUGE_PAGE	(2048UL * 1024)

/* Since Linux 6.1 */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/**
 * blkdev_number() - which block device does a path lead to?
 * @path: of its node
 * @high: the major half of its number
 * @low: the minor half
 *
 * Return: 0 or a negative errno; -ENOTBLK if something else is there
 */
int blkdev_number(const char *path, unsigned int *high, unsigned int *low)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISBLK(st.st_mode))
		return -ENOTBLK;
	*high = major(st.st_rdev);
	*low = minor(st.st_rdev);
	return 0;
}

/**
 * blkdev_size() - how large is it?
 * @fd: of a block device or a file
 * @size: in bytes
 *
 * Return: 0 or a negative errno; -EINVAL if it is neither
 */
int blkdev_size(int fd, __u64 *size)
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

/*
 * Only signals that end a command interrupt anything (see signals.c), so -EINTR
 * is an answer like any other: the caller knows what is left behind.
 */
static int check_count(ssize_t n)
{
	if (n < 0)
		return -errno;
	/* A device that takes nothing more is full */
	return n ? 0 : -ENOSPC;
}

/* Returns: 0 or a negative errno */
int write_all(int fd, const void *data, size_t len)
{
	const char *from = data;
	int ret = 0;

	while (len && !ret) {
		ssize_t n = write(fd, from, len);

		ret = check_count(n);
		if (!ret) {
			from += n;
			len -= (size_t)n;
		}
	}
	return ret;
}

/* Returns: 0 or a negative errno */
int write_all_at(int fd, __u64 offset, const void *data, size_t len)
{
	const char *from = data;
	int ret = 0;

	while (len && !ret) {
		ssize_t n = pwrite(fd, from, len, (off_t)offset);

		ret = check_count(n);
		if (!ret) {
			from += n;
			offset += (__u64)n;
			len -= (size_t)n;
		}
	}
	return ret;
}

/*
 * What others have written past the page cache of a device is not in there. Returns: 0 or a
 * negative errno
 */
int forget_cached(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = -posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
	return ret;
}

/* Returns: memory that fits O_DIRECT, to be freed with free(), or NULL */
void *alloc_aligned(size_t size)
{
	void *memory;

	return posix_memalign(&memory, ALIGNMENT, size) ? NULL : memory;
}

/*
 * The same, of HUGE_PAGE bytes at most, zeroed, so that its pages are there: in one piece, if
 * the kernel can make it that (Linux 6.1 can, whatever is set for huge pages), so that a filter
 * encrypts a chunk from where it is. If it cannot, what is behind @size takes no memory.
 */
void *alloc_in_one_piece(size_t size)
{
	unsigned int tries = 3;
	void *memory;

	if (posix_memalign(&memory, HUGE_PAGE, HUGE_PAGE))
		return NULL;
	memset(memory, 0, size);
	/* a page that somebody looks at just now stands in the way for a moment */
	while (tries-- && madvise(memory, HUGE_PAGE, MADV_COLLAPSE) && errno == EAGAIN)
		;
	return memory;
}
