// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * copyblocks: copy blocks of a file to a device, in the order of their numbers on stdin.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Each is one write(2) with O_DIRECT, to the place that it has in the file. One process for
 * all of them: under emulation one for each takes longer than what it does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGNMENT	4096

static int fail(const char *operation, const char *path)
{
	fprintf(stderr, "ERROR: %s failed on '%s': %s\n", operation, path, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	unsigned long long number;
	size_t block;
	char *buf;
	int from, to;

	block = argc == 4 ? strtoul(argv[3], NULL, 0) : 0;
	if (!block || block % ALIGNMENT) {
		fprintf(stderr, "Usage: copyblocks FILE DEVICE BYTES <NUMBERS\n");
		return 2;
	}
	buf = aligned_alloc(ALIGNMENT, block);
	if (!buf)
		return fail("allocation", argv[3]);
	from = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return fail("open", argv[1]);
	to = open(argv[2], O_WRONLY | O_DIRECT | O_CLOEXEC);
	if (to < 0)
		return fail("open", argv[2]);
	while (scanf("%llu", &number) == 1) {
		errno = ENODATA;
		if (pread(from, buf, block, (off_t)(number * block)) != (ssize_t)block)
			return fail("read", argv[1]);
		errno = ENOSPC;
		if (pwrite(to, buf, block, (off_t)(number * block)) != (ssize_t)block)
			return fail("write", argv[2]);
	}
	if (close(to))
		return fail("close", argv[2]);
	return 0;
}
