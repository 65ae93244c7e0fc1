// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * reseed: has the kernel seed its random number generator anew.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: reseed
 */
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <sys/ioctl.h>

int main(void)
{
	int fd = open("/dev/random", O_WRONLY);

	if (fd < 0 || ioctl(fd, RNDRESEEDCRNG)) {
		perror("reseed");
		return 1;
	}
	return 0;
}
