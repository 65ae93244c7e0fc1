// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump, read from a file.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

__u8 *read_reference(const char *path, __u64 *size)
{
	FILE *file = fopen(path, "rb");
	__u8 *bytes = NULL;
	long end = -1;

	if (file && !fseek(file, 0, SEEK_END))
		end = ftell(file);
	if (end > 0) {
		rewind(file);
		bytes = malloc((size_t)end);
		if (bytes && fread(bytes, (size_t)end, 1, file) != 1) {
			free(bytes);
			bytes = NULL;
		}
		*size = (__u64)end;
	}
	if (!bytes)
		fprintf(stderr, "ERROR: read failed on '%s': %s\n", path,
			errno ? strerror(errno) : "it is empty");
	if (file)
		fclose(file);
	return bytes;
}
