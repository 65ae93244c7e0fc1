// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's random numbers, once there is a snapshot of what they are made of.
 *
 * The state of the generator is in the image, and the resumed kernel goes on from it: what
 * it draws first is what the kernel that wrote the image drew behind the snapshot, which is
 * the key that the image is sealed with. Linux parts the two nowhere: of the kernels that
 * take part, it renews the state in the one that reads the image (drivers/char/random.c,
 * random_pm_notification()), and that state is lost.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "hibernate/random.h"
#include "kernel/kernel.h"

/* Returns: a descriptor or a negative errno */
int random_open(void)
{
	return kernel_node_open("random", O_WRONLY);
}

/**
 * random_part() - draw other random numbers from here on than the resumed kernel will
 * @fd: of random_open()
 *
 * That kernel never gets what is mixed in here; so this needs no secret, and the time is
 * there only to keep two images of one memory apart. Needs CAP_SYS_ADMIN, as a snapshot
 * does. Allocates nothing.
 *
 * Return: 0 or a negative errno: nothing that is to stay secret may be drawn then
 */
int random_part(int fd)
{
	struct {
		char		what[24];
		struct timespec	now;
	} mixed = { .what = "behind the snapshot" };
	ssize_t n;

	if (clock_gettime(CLOCK_REALTIME, &mixed.now))
		return -errno;
	n = write(fd, &mixed, sizeof(mixed));
	if (n != (ssize_t)sizeof(mixed))
		return n < 0 ? -errno : -EIO;
	/* what was mixed in counts only from the next seed on, which may be a minute away */
	return ioctl(fd, RNDRESEEDCRNG) ? -errno : 0;
}
