// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same for a dump that was written to a disk as it is, to compare with: it
 * is lost if its bytes are not all there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "judge.h"

static bool is_there(struct disk *disk, const __u8 *reference, __u64 size)
{
	__u8 buffer[65536];
	__u64 at, n;

	for (at = 0; at < size; at += n) {
		n = size - at < sizeof(buffer) ? size - at : sizeof(buffer);
		if (disk_read(disk, buffer, n, at) || memcmp(buffer, reference + at, n))
			return false;
	}
	return true;
}

void judge_raw(struct disk *disk, const struct image *image, const __u8 *reference,
	       __u64 size, struct counts *counts)
{
	disk_show(disk, image);
	counts->images++;
	if (is_there(disk, reference, size))
		counts->complete++;
	else
		counts->found[SAVED_LOST]++;
}
