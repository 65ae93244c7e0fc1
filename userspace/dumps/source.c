// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a stream back from a block device or a file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dumps/source.h"
#include "lib/blkdev.h"

/* Returns: 0 or a negative errno; on error there is nothing to close */
int source_open(struct source *source, const char *path)
{
	int ret;

	memset(source, 0, sizeof(*source));
	source->fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	/* A file system without O_DIRECT */
	if (source->fd < 0 && errno == EINVAL)
		source->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (source->fd < 0)
		return -errno;
	/* O_DIRECT has another meaning for a pipe, and a socket has no end */
	ret = blkdev_size(source->fd, &source->size);
	if (!ret) {
		source->buffer = alloc_aligned(SOURCE_SIZE);
		ret = source->buffer ? 0 : -ENOMEM;
	}
	if (ret)
		source_close(source);
	return ret;
}

/*
 * Returns: how much of @buffer is valid now, 0 at the end, or a negative errno,
 * which is -EINTR if a signal came
 */
ssize_t source_read(struct source *source)
{
	ssize_t n;

	/* Behind an end that is not a whole block O_DIRECT cannot even ask */
	if (source->position >= source->size)
		return 0;
	n = read(source->fd, source->buffer, SOURCE_SIZE);
	if (n < 0)
		return -errno;
	source->position += (__u64)n;
	return n;
}

void source_close(struct source *source)
{
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
	free(source->buffer);
	source->buffer = NULL;
}
