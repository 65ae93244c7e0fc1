// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scatter: writes at random places with O_DIRECT, and says what a dump of them is.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Prints "<bytes without a gap from 0> <bytes in all, each once>", by a model that
 * has a flag for each block of 4096 bytes. "chunks" writes what a dump area takes:
 * whole chunks of 64 KiB, each once, and pieces of one chunk that is left open; its
 * third figure is the number of chunks that were begun. Most runs leave no gap, or
 * nearly none, as a test wants both.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK	4096
#define PIECES	16
#define CHUNKS	6
#define BLOCKS	(CHUNKS * PIECES)

static bool written[BLOCKS];
static unsigned char *data;
static int fd;

static unsigned int below(unsigned int n)
{
	return (unsigned int)(lrand48() % n);
}

static void put(unsigned int block, unsigned int blocks)
{
	size_t len = (size_t)blocks * BLOCK;

	if (pwrite(fd, data, len, (off_t)block * BLOCK) != (ssize_t)len) {
		fprintf(stderr, "ERROR: scatter: %u blocks at %u: %s\n", blocks, block,
			strerror(errno));
		exit(1);
	}
	memset(written + block, 1, blocks);
}

/* Any block any number of times, in ranges that overlap */
static void any(void)
{
	unsigned int n = 1 + below(24), end = 8 + below(BLOCKS - 8);

	while (n--) {
		unsigned int block = below(end), blocks = 1 + below(PIECES);

		put(block, block + blocks < end ? blocks : end - block);
	}
	/* often without its last gaps, or with one */
	for (n = below(3) ? 0 : end; n < end; n++)
		if (!written[n] && below(20))
			put(n, 1);
}

static void pieces(unsigned int chunk, bool all)
{
	unsigned int i, n = all ? PIECES : 1 + below(PIECES - 1);
	/* from the start on, or anywhere */
	bool in_order = below(2);

	for (i = 0; i < n; i++)
		put(chunk * PIECES + (in_order ? i : below(PIECES)), 1);
}

static unsigned int chunks(void)
{
	unsigned int order[CHUNKS], nr = 1 + below(CHUNKS), i, j, swap;
	unsigned int open = below(3) ? nr - 1 : below(nr), begun = 0;
	unsigned int leave_out = below(5) ? CHUNKS : below(nr);

	for (i = 0; i < nr; i++)
		order[i] = i;
	for (i = nr; i > 1; i--) {
		j = below(i);
		swap = order[i - 1];
		order[i - 1] = order[j];
		order[j] = swap;
	}
	for (i = 0; i < nr; i++) {
		if (order[i] == leave_out)
			continue;
		begun++;
		if (order[i] == open)
			pieces(open, !below(3));
		else
			put(order[i] * PIECES, PIECES);
	}
	return begun;
}

int main(int argc, char **argv)
{
	unsigned int i, prefix = 0, all = 0, begun = 0;

	if (argc != 4 || (strcmp(argv[1], "any") && strcmp(argv[1], "chunks"))) {
		fprintf(stderr, "Usage: scatter any|chunks DEVICE SEED\n");
		return 2;
	}
	srand48(atol(argv[3]));
	fd = open(argv[2], O_WRONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0 || posix_memalign((void **)&data, BLOCK, PIECES * BLOCK)) {
		fprintf(stderr, "ERROR: scatter: '%s': %s\n", argv[2], strerror(errno));
		return 1;
	}
	memset(data, 'S', PIECES * BLOCK);
	if (!strcmp(argv[1], "any"))
		any();
	else
		begun = chunks();
	while (prefix < BLOCKS && written[prefix])
		prefix++;
	for (i = 0; i < BLOCKS; i++)
		all += written[i];
	printf("%u %u %u\n", prefix * BLOCK, all * BLOCK, begun);
	return close(fd) ? 1 : 0;
}
