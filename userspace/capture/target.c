// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waiting for the device that the dump goes to.
 *
 * A device of the network, or behind a slow bus, appears some time after the
 * kernel has booted; the names in /dev/disk even later. Neither the folder
 * that will hold the name nor udev need exist, so this looks again and again,
 * often enough to lose no time and for a bounded time.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "capture/target.h"
#include "lib/signals.h"
#include "lib/report.h"
#include "lib/clock.h"
#include "lib/blkdev.h"

#define STEP_MS	100

/**
 * target_is_nbd() - is it served over a network, by nbd?
 * @target: path of it
 *
 * Partitions of one may have a number of their own, so that the name counts, too.
 */
bool target_is_nbd(const char *target)
{
	char *path = realpath(target, NULL);
	const char *name = path ? strrchr(path, '/') : NULL;
	struct stat st;
	bool found;

	found = name && !strncmp(name, "/nbd", 4) && name[4] >= '0' && name[4] <= '9';
	if (path && !stat(path, &st) && S_ISBLK(st.st_mode) &&
	    major(st.st_rdev) == NBD_MAJOR)
		found = true;
	free(path);
	return found;
}

/* Whatever can be opened is ready; only a block device is taken by the kernel */
bool target_is_device(const char *target)
{
	unsigned int high, low;

	return !blkdev_number(target, &high, &low);
}

/* Returns: 0 if the target can be opened and has a size, else why not */
int target_ready(const char *target)
{
	struct stat st;
	int fd, ret;
	__u64 size;

	fd = open(target, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = fstat(fd, &st) ? -errno : 0;
	/* A network block device has a node, but no size, before it is connected */
	if (!ret && S_ISBLK(st.st_mode)) {
		ret = blkdev_size(fd, &size);
		if (!ret && !size)
			ret = -ENXIO;
	}
	close(fd);
	return ret;
}

/* Prints the error, if any. Needs signals_hold() */
int target_wait(const char *target, __u64 seconds)
{
	__u64 end = now_ms() + seconds * 1000;
	int ret;

	for (ret = target_ready(target); ret; ret = target_ready(target)) {
		if (now_ms() >= end)
			break;
		signals_poll(NULL, 0, STEP_MS);
		if (signals_stop()) {
			report_failure("waiting for the target", target,
				       "stopped by %s", signals_stop_name());
			return -EINTR;
		}
	}
	if (ret) {
		report_error("waiting for the target", target, -ret);
		report_hint("It did not appear within %llu s.", seconds);
		report_hint("Check its name and its driver, or raise wait_for_target.");
	}
	return ret;
}
