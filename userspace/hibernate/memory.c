// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All of this program in memory, for when nothing can be fetched from a disk.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "hibernate/memory.h"

/* More than is called from here on */
#define STACK_NEEDED	(128 * 1024)

/* Not inlined: its frame is to lie where those of the calls to come will */
static __attribute__((noinline)) void touch_stack(void)
{
	unsigned char frame[STACK_NEEDED];

	memset(frame, 0, sizeof(frame));
	/* or the compiler would leave it out */
	__asm__ volatile("" : : "r"(frame) : "memory");
}

/* Returns: 0 or a negative errno */
int memory_lock(void)
{
	touch_stack();
	return mlockall(MCL_CURRENT | MCL_FUTURE) ? -errno : 0;
}

void memory_unlock(void)
{
	munlockall();
}
