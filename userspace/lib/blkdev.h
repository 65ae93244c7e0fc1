/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files and block devices: what and how large they are, writes that are whole, memory for
 * O_DIRECT.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_BLKDEV_H
#define DUMPFLT_BLKDEV_H

#include <linux/types.h>
#include <stddef.h>

int blkdev_number(const char *path, unsigned int *high, unsigned int *low);
int blkdev_size(int fd, __u64 *size);
int write_all(int fd, const void *data, size_t len);
int write_all_at(int fd, __u64 offset, const void *data, size_t len);
int forget_cached(const char *path);
void *alloc_aligned(size_t size);
void *alloc_in_one_piece(size_t size);

#endif
