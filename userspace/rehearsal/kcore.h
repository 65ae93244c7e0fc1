/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the running kernel, by physical address.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_KCORE_H
#define DUMPFLT_KCORE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define KCORE_SEGMENTS_MAX	256

/**
 * struct kcore_segment - memory that is in one piece
 * @physical: address of its first byte
 * @virtual: likewise, for the kernel
 * @size: bytes
 * @offset: in the file
 */
struct kcore_segment {
	__u64	physical, virtual, size, offset;
};

/**
 * struct kcore - it, open
 * @fd: of the file, negative if it is not open
 * @nr: valid entries of @segment
 * @segment: those that have a physical address
 */
struct kcore {
	int			fd;
	size_t			nr;
	struct kcore_segment	segment[KCORE_SEGMENTS_MAX];
};

int kcore_open(struct kcore *kcore);
bool kcore_read(const struct kcore *kcore, __u64 physical, void *to, size_t size);
void kcore_close(struct kcore *kcore);

#endif
