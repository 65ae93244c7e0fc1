// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing a stream to the stack device: big, aligned, past the page cache.
 *
 * The dump is written with O_DIRECT: the page cache would cost a second copy
 * and memory that the capture kernel does not have, and would report an error
 * only when it is too late to stop. There is one buffer and no thread: while
 * a write waits for the disk, makedumpfile goes on and fills the pipe, which
 * holds as much as the buffer.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/blkout.h"
#include "lib/blkdev.h"

/* Of a file, which has no logical block size: a multiple of all of them */
#define FILE_BLOCK	4096

/* Memory first: once a session is open, nothing shall fail for want of it */
int blkout_alloc(struct blkout *out)
{
	memset(out, 0, sizeof(*out));
	out->fd = -1;
	out->buffer = alloc_in_one_piece(BLKOUT_SIZE);
	return out->buffer ? 0 : -ENOMEM;
}

int blkout_open(struct blkout *out, const char *path)
{
	struct stat st;
	int ret, block;

	out->fd = open(path, O_WRONLY | O_DIRECT | O_CLOEXEC);
	/* Something that stands in for a device need not have O_DIRECT */
	if (out->fd < 0 && errno == EINVAL)
		out->fd = open(path, O_WRONLY | O_CLOEXEC);
	if (out->fd < 0)
		return -errno;
	out->block = FILE_BLOCK;
	if (fstat(out->fd, &st))
		goto out_close;
	if (S_ISBLK(st.st_mode)) {
		if (ioctl(out->fd, BLKSSZGET, &block))
			goto out_close;
		out->block = (size_t)block;
	}
	return 0;
out_close:
	ret = -errno;
	blkout_close(out);
	return ret;
}

/* Write what is there; only the last time it may be less than BLKOUT_SIZE */
int blkout_flush(struct blkout *out)
{
	size_t padding = (out->block - out->have % out->block) % out->block;
	int ret;

	memset(out->buffer + out->have, 0, padding);
	ret = write_all(out->fd, out->buffer, out->have + padding);
	if (ret)
		return ret;
	out->written += out->have + padding;
	out->have = 0;
	return 0;
}

/* What is written is to be found later, whatever becomes of the rest */
int blkout_checkpoint(struct blkout *out)
{
	if (fsync(out->fd))
		return -errno;
	out->safe = out->written;
	return 0;
}

int blkout_close(struct blkout *out)
{
	int fd = out->fd;

	out->fd = -1;
	return fd >= 0 && close(fd) ? -errno : 0;
}

void blkout_free(struct blkout *out)
{
	blkout_close(out);
	free(out->buffer);
	out->buffer = NULL;
}
