// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Images in a file, for whoever reads disks and not memory: the module.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "save.h"

/* Blocks of zeros become holes */
static int save_image(struct disk *disk, int fd, off_t start)
{
	static const __u8 zeros[65536];
	__u8 buffer[sizeof(zeros)];
	__u64 at, n;

	for (at = 0; at < disk->size; at += n) {
		n = disk->size - at < sizeof(buffer) ? disk->size - at : sizeof(buffer);
		if (disk_read(disk, buffer, n, at))
			return -1;
		if (memcmp(buffer, zeros, n) &&
		    pwrite(fd, buffer, n, start + (off_t)at) != (ssize_t)n)
			return -1;
	}
	return 0;
}

int save_plan(struct disk *disk, const struct plan *plan, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int ret = fd < 0 ? -1 : 0;
	size_t i;

	for (i = 0; i < plan->nr && !ret; i++) {
		disk_show(disk, &plan->images[i]);
		ret = save_image(disk, fd, (off_t)(i * disk->size));
	}
	if (!ret)
		ret = ftruncate(fd, (off_t)(plan->nr * disk->size));
	if (fd >= 0 && close(fd))
		ret = -1;
	if (ret)
		fprintf(stderr, "ERROR: write failed on '%s': %s\n", path, strerror(errno));
	return ret ? 1 : 0;
}
