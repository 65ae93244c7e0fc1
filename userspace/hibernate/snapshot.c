// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's /dev/snapshot: an image of the memory, made or restored.
 *
 * See Documentation/power/userland-swsusp.rst of the kernel.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/suspend_ioctls.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hibernate/snapshot.h"
#include "kernel/kernel.h"

static int command(int fd, unsigned long number, unsigned long arg)
{
	return ioctl(fd, number, arg) ? -errno : 0;
}

/*
 * Whoever wants to know that the machine will hibernate, or resume, is told in here: our own
 * module loads stacks. Returns: a descriptor
 */
int snapshot_open(bool restore)
{
	return kernel_node_open(SNAPSHOT_NODE, restore ? O_WRONLY : O_RDONLY);
}

int snapshot_freeze(int fd)
{
	return command(fd, SNAPSHOT_FREEZE, 0);
}

/* As long as there is an image the kernel thaws nobody, and does not say so */
void snapshot_thaw(int fd)
{
	command(fd, SNAPSHOT_FREE, 0);
	command(fd, SNAPSHOT_UNFREEZE, 0);
}

int snapshot_use_platform(int fd)
{
	return command(fd, SNAPSHOT_PLATFORM_SUPPORT, 1);
}

/* Returns twice: once it is made, and in the image after the resume */
int snapshot_create(int fd, bool *resumed)
{
	int made = 0;
	int ret = ioctl(fd, SNAPSHOT_CREATE_IMAGE, &made) ? -errno : 0;

	*resumed = !ret && !made;
	return ret;
}

int snapshot_size(int fd, __u64 *size)
{
	__kernel_loff_t bytes = 0;
	int ret = ioctl(fd, SNAPSHOT_GET_IMAGE_SIZE, &bytes) ? -errno : 0;

	*size = (__u64)bytes;
	return ret;
}

/* The kernel gives a page at a time. Returns: less than @len at the end of the image */
ssize_t snapshot_read(int fd, unsigned char *to, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, to + have, len - have);

		if (n < 0)
			return -errno;
		if (!n)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

/* Returns: -EFBIG if the kernel has a whole image before it has all of this */
int snapshot_write(int fd, const unsigned char *from, size_t len)
{
	while (len) {
		ssize_t n = write(fd, from, len);

		if (n <= 0)
			return n ? -errno : -EFBIG;
		from += n;
		len -= (size_t)n;
	}
	return 0;
}

/*
 * Does the kernel want no more? Asked before the image is released. Since 6.7 it also is this
 * write in which it makes the pages of zeros that end an image
 */
bool snapshot_whole(int fd)
{
	static const unsigned char page[4096];

	return !write(fd, page, sizeof(page));
}

int snapshot_power_off(int fd)
{
	return command(fd, SNAPSHOT_POWER_OFF, 0);
}

/* Returns when the machine has woken up */
int snapshot_suspend(int fd)
{
	return command(fd, SNAPSHOT_S2RAM, 0);
}

/* Returns only if it fails */
int snapshot_restore(int fd)
{
	return command(fd, SNAPSHOT_ATOMIC_RESTORE, 0);
}
