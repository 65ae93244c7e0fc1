// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Small files and their paths, for what stands in for the kernel.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_kernel.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))

/* Good for the next 31 calls: enough for any function that does not loop */
char *fake_path(const char *fmt, ...)
{
	static char ring[32][PATH_MAX];
	static unsigned int next;
	char *path = ring[next++ % COUNT(ring)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(path, PATH_MAX, fmt, args);
	va_end(args);
	return path;
}

void fake_put(const char *path, const char *value)
{
	FILE *file = fopen(path, "w");

	if (!file)
		abort();
	if (value[0])
		fprintf(file, "%s\n", value);
	fclose(file);
}

const char *fake_get(const char *path)
{
	static char ring[16][PATH_MAX];
	static unsigned int next;
	char *value = ring[next++ % COUNT(ring)];
	FILE *file = fopen(path, "r");

	value[0] = '\0';
	if (file) {
		if (fgets(value, PATH_MAX, file))
			value[strcspn(value, "\n")] = '\0';
		fclose(file);
	}
	return value;
}
