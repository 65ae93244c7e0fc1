// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes a flattened dump to standard output, from the facts of the format.
 *
 * It has what makes a reader stumble: records that are out of order, overlap
 * and are not aligned, zeros that must become holes and zeros that must not,
 * and a file that ends in zeros.
 *
 * Usage: flatgen [MIB [LOG]]: with about so much data, by default next to none.
 * The file LOG is put before it as the kernel log, as format.md has it.
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

static void put_log_head(unsigned int flags, long length)
{
	char magic[16] = "dumpflt-log";
	unsigned int version_flags[2] = { htobe32(1), htobe32(flags) };

	fwrite(magic, sizeof(magic), 1, stdout);
	fwrite(version_flags, sizeof(version_flags), 1, stdout);
	put_number(length);
}

/* Up to where the next record begins on a multiple of 64 KiB of the stream */
static int put_log(const char *path)
{
	long start = HEADER + 16 + 32, length, end, i;
	FILE *log = fopen(path, "r");

	if (!log || fseek(log, 0, SEEK_END))
		return 1;
	length = ftell(log);
	rewind(log);
	end = (start + length + RECORD - 1) / RECORD * RECORD;
	put_number(1L << 28);
	put_number(end - HEADER - 16);
	put_log_head(0, length);
	for (i = 0; i < length; i++)
		putchar(getc(log));
	for (i += start; i < end; i++)
		putchar(0);
	return fclose(log);
}

int main(int argc, char **argv)
{
	long mib = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	long i;

	put_header();
	if (argc > 2 && put_log(argv[2]))
		return 1;
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
