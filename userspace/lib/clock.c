// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How late it is, by a clock that nobody sets.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <time.h>

#include "lib/clock.h"

__u64 now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__u64)ts.tv_sec * 1000 + (__u64)ts.tv_nsec / 1000000;
}
