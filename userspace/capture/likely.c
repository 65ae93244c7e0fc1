// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How large a dump of this machine is likely to be.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/likely.h"

/* In place of /proc/meminfo, for tests */
#define MEMINFO_ENV	"DUMPFLT_MEMINFO"
/* What is left of memory whatever is left out: page tables, the kernel itself */
#define KERNEL_SHARE	50

/* Bits of -d */
#define LEVEL_CACHE	(2 | 4)
#define LEVEL_USER	8
#define LEVEL_FREE	16

static __u64 meminfo_kib(const char *name)
{
	const char *path = getenv(MEMINFO_ENV);
	FILE *file = fopen(path ? path : "/proc/meminfo", "re");
	unsigned long long value;
	char line[120], key[32];
	__u64 found = 0;

	if (!file)
		return 0;
	while (!found && fgets(line, sizeof(line), file))
		if (sscanf(line, "%31[^:]: %llu", key, &value) == 2 &&
		    !strcmp(key, name))
			found = value;
	fclose(file);
	return found;
}

/**
 * likely_bytes() - what a dump of this machine would be if it crashed now
 * @args: what makedumpfile is told
 *
 * All memory, less what the level leaves out of it, and half of that if it is
 * compressed.
 *
 * Return: bytes; 0 if it is not known how much memory there is
 */
__u64 likely_bytes(const struct args_facts *args)
{
	__u64 total = meminfo_kib("MemTotal"), out = 0, left;

	if (args->level & LEVEL_FREE)
		out += meminfo_kib("MemFree");
	if (args->level & LEVEL_CACHE)
		out += meminfo_kib("Cached") + meminfo_kib("Buffers");
	if (args->level & LEVEL_USER)
		out += meminfo_kib("AnonPages");
	left = total > out ? total - out : 0;
	if (left < total / KERNEL_SHARE)
		left = total / KERNEL_SHARE;
	return left * 1024 / (args->compressed ? 2 : 1);
}
