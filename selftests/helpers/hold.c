// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold: keep standard input in the memory of a process, and do nothing else.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST	1048576

int main(void)
{
	char *memory = malloc(MOST);
	size_t len = memory ? fread(memory, 1, MOST, stdin) : 0;

	if (!len) {
		fputs("ERROR: reading failed on standard input: nothing to hold\n", stderr);
		return 1;
	}
	printf("holding %zu bytes\n", len);
	fflush(stdout);
	for (;;)
		pause();
}
