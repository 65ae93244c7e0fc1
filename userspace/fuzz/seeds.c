// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In place of the fuzzer's library, on machines that have none: the seeds, and
 * changes of them that are the same each time.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>

#include "fuzz.h"

#define CHANGES		1000
#define LENGTH_MAX	600

/* Knuth's, whose upper bits are the good ones */
static __u32 next_number(__u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 33;
}

/* A byte put in, one taken out, or one changed, up to four times */
static size_t change(__u8 *data, size_t len, __u64 *state)
{
	__u32 times = next_number(state) % 4 + 1;

	while (times--) {
		size_t at = next_number(state) % (len + 1);

		switch (next_number(state) % 3) {
		case 0:
			if (len == LENGTH_MAX)
				break;
			memmove(data + at + 1, data + at, len++ - at);
			data[at] = next_number(state);
			break;
		case 1:
			if (at < len)
				memmove(data + at, data + at + 1, --len - at);
			break;
		default:
			if (at < len)
				data[at] = next_number(state);
		}
	}
	return len;
}

int main(int argc, char **argv)
{
	__u8 seed[LENGTH_MAX], changed[LENGTH_MAX];
	__u64 state = 1;
	size_t len;
	FILE *file;
	int i, n;

	for (i = 1; i < argc; i++) {
		file = fopen(argv[i], "rb");
		if (!file) {
			fprintf(stderr, "ERROR: cannot open '%s'\n", argv[i]);
			return 1;
		}
		len = fread(seed, 1, sizeof(seed), file);
		fclose(file);
		LLVMFuzzerTestOneInput(seed, len);
		for (n = 0; n < CHANGES; n++) {
			memcpy(changed, seed, len);
			LLVMFuzzerTestOneInput(changed, change(changed, len, &state));
		}
	}
	printf("%d seeds, %d changes of each\n", argc - 1, CHANGES);
	return argc == 1;
}
