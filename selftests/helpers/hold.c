// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold: keep standard input in the memory of a process, or what is mapped from a file, and
 * do nothing else.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: hold [[--dirty] FILE]
 *
 * The first page of FILE is mapped, and so are its neighbours that are there. With --dirty it has
 * been written to, with what was in it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST	1048576
#define MAPPED	65536

static void hold_input(void)
{
	char *memory = malloc(MOST);
	size_t len = memory ? fread(memory, 1, MOST, stdin) : 0;

	if (!len) {
		fputs("ERROR: reading failed on standard input: nothing to hold\n", stderr);
		exit(1);
	}
	printf("holding %zu bytes\n", len);
}

static void hold_file(const char *path, int dirty)
{
	int fd = open(path, dirty ? O_RDWR : O_RDONLY);
	int prot = dirty ? PROT_READ | PROT_WRITE : PROT_READ;
	volatile unsigned char *memory;
	unsigned char first;

	memory = fd < 0 ? MAP_FAILED : mmap(NULL, MAPPED, prot, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED) {
		fprintf(stderr, "ERROR: mapping failed on '%s': %m\n", path);
		exit(1);
	}
	first = memory[0];
	if (dirty)
		memory[0] = first;
	printf("holding a page that begins with %02x\n", first);
}

int main(int argc, char **argv)
{
	int dirty = argc > 1 && !strcmp(argv[1], "--dirty");

	if (argc > 1 + dirty)
		hold_file(argv[1 + dirty], dirty);
	else
		hold_input();
	fflush(stdout);
	for (;;)
		pause();
}
