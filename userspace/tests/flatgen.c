// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes a flattened dump to standard output, from the facts of the format.
 *
 * It has what makes a reader stumble: records that are out of order, overlap
 * and are not aligned, zeros that must become holes and zeros that must not,
 * and a file that ends in zeros.
 *
 * Usage: flatgen [MIB]: with about so much data, by default next to none
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <endian.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER	4096
#define RECORD	65536

static unsigned char data[RECORD];

static void put_number(__s64 number)
{
	__u64 raw = htobe64((__u64)number);

	fwrite(&raw, sizeof(raw), 1, stdout);
}

static void put_record(__s64 offset, size_t size)
{
	put_number(offset);
	put_number((__s64)size);
	fwrite(data, size, 1, stdout);
}

/* Repeatable, and different in every block */
static void fill(unsigned int seed, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		seed = seed * 1103515245U + 12345U;
		data[i] = (unsigned char)(seed >> 16 | 1);
	}
}

static void put_header(void)
{
	char header[HEADER] = "makedumpfile";

	fwrite(header, 16, 1, stdout);
	put_number(1);
	put_number(1);
	fwrite(header + 32, HEADER - 32, 1, stdout);
}

int main(int argc, char **argv)
{
	long mib = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	long i;

	put_header();
	fill(1, 10000);
	put_record(8192, 10000);
	fill(2, 4096);
	put_record(0, 4096);
	/* Overlaps data with zeros: no hole here */
	memset(data, 0, 8192);
	put_record(8192, 8192);
	/* Whole zero blocks behind everything: a hole, but not aligned to it */
	memset(data, 0, RECORD);
	put_record(100001, 60000);
	fill(3, 777);
	put_record(300003, 777);
	for (i = 0; i < mib * 16; i++) {
		fill((unsigned int)i + 4, RECORD);
		if (i % 5 == 0)
			memset(data + 8192, 0, 32768);
		put_record((1 << 20) + i * RECORD, RECORD);
	}
	/* The last bytes of the file are zeros that are never written */
	memset(data, 0, 9000);
	put_record((2 << 20) + mib * (1 << 20), 9000);
	put_number(-1);
	put_number(-1);
	return ferror(stdout) || fflush(stdout);
}
