// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waiting for what nobody tells.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <time.h>

#include "init/init.h"

void init_sleep_ms(long ms)
{
	const struct timespec step = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&step, NULL);
}
