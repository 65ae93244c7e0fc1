// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reading a stream back from a block device or a file that is open, from its
 * beginning.
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

/* @io: stays the caller's. Returns: 0 or a negative errno */
int source_open(struct source *source, const struct area_io *io)
{
	int flags = fcntl(io->fd, F_GETFL);

	memset(source, 0, sizeof(*source));
	source->fd = io->fd;
	source->size = io->size;
	/* Where a file system does not know that, it is read all the same */
	if (flags >= 0)
		(void)fcntl(io->fd, F_SETFL, flags | O_DIRECT);
	source->buffer = alloc_aligned(SOURCE_SIZE);
	return source->buffer ? 0 : -ENOMEM;
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
	source->fd = -1;
	free(source->buffer);
	source->buffer = NULL;
}
