/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzzers share: a promise that must hold, and bytes in the right place.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FUZZ_H
#define DUMPFLT_FUZZ_H

#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#include "../../module/format/format.h"

/* Not assert(), which a build may leave out */
#define promise(condition)		\
	do {				\
		if (!(condition))	\
			abort();	\
	} while (0)

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size);

/* A read that the compiler must not leave out, as it may be out of bounds */
static inline void fuzz_touch(__u8 byte)
{
	volatile __u8 sink = byte;

	(void)sink;
}

/* A part of a structure that is worth changing more often than the rest */
struct fuzz_range {
	size_t	start;
	size_t	len;
};

/*
 * Changes some of @size bytes at @to: range, offset (2 bytes), length, bytes,
 * again and again. A range beyond @nr is the whole of it.
 */
static inline void fuzz_change(__u8 *to, size_t size,
			       const struct fuzz_range *ranges, size_t nr,
			       const __u8 *data, size_t left)
{
	while (left > 4) {
		size_t which = data[0] % (nr + 1);
		size_t at = data[1] + 256U * data[2], len = data[3] % 32;

		at = which < nr ? ranges[which].start + at % ranges[which].len :
				  at % size;
		if (len > left - 4)
			len = left - 4;
		if (len > size - at)
			len = size - at;
		memcpy(to + at, data + 4, len);
		data += 4 + len;
		left -= 4 + len;
	}
}

#endif
