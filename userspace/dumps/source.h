/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a stream back from a block device or a file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SOURCE_H
#define DUMPFLT_SOURCE_H

#include <linux/types.h>
#include <sys/types.h>

#include "area/area.h"

/* Of one read */
#define SOURCE_SIZE	(1024UL * 1024)

/**
 * struct source - an open device or file
 * @fd: of who opened it
 * @size: in bytes
 * @position: bytes read so far
 * @buffer: SOURCE_SIZE bytes: what source_read() read
 */
struct source {
	int		fd;
	__u64		size;
	__u64		position;
	unsigned char	*buffer;
};

int source_open(struct source *source, const struct area_io *io);
ssize_t source_read(struct source *source);
void source_close(struct source *source);

#endif
