/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing a stream to the stack device: big, aligned, past the page cache.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_BLKOUT_H
#define DUMPFLT_BLKOUT_H

#include <linux/types.h>
#include <stddef.h>

/* Of one write. A multiple of every chunk and block size there is */
#define BLKOUT_SIZE	(1024UL * 1024)

/**
 * struct blkout - an open device
 * @fd: negative if it is closed
 * @block: logical block size in bytes
 * @written: bytes that the device took, with the padding of the last block
 * @safe: bytes that the last checkpoint was behind
 * @have: bytes in @buffer that are still to be written
 * @buffer: BLKOUT_SIZE bytes; the caller fills it behind @have
 */
struct blkout {
	int		fd;
	size_t		block;
	__u64		written;
	__u64		safe;
	size_t		have;
	unsigned char	*buffer;
};

int blkout_alloc(struct blkout *out);
int blkout_open(struct blkout *out, const char *path);
int blkout_flush(struct blkout *out);
int blkout_checkpoint(struct blkout *out);
int blkout_close(struct blkout *out);
void blkout_free(struct blkout *out);

#endif
