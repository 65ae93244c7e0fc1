// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CRC-32C, whichever library computes it: RFC 3720's examples, and what libext2fs
 * says of every length, alignment and way to cut.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <ext2fs/ext2fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "area/crc32c.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define SIZE		(256U << 10)

/* What it is to be */
static __u32 judge(__u32 crc, const void *data, size_t len)
{
	return ~ext2fs_crc32c_le(~crc, data, len);
}

/* The same bytes in every run, of no pattern */
static void fill(unsigned char *data, size_t len)
{
	__u32 state = 2463534242U;
	size_t i;

	for (i = 0; i < len; i++) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		data[i] = (unsigned char)(state >> 24);
	}
}

/* RFC 3720, B.4, whose bytes are in the order in which they are sent, lowest first */
static void test_rfc_3720(void **state)
{
	static const unsigned char read_10[48] = {
		0x01, 0xc0, [16] = 0x14, [22] = 0x04, [27] = 0x14, [31] = 0x18, [32] = 0x28,
		[40] = 0x02,
	};
	unsigned char data[32];
	unsigned int i;

	(void)state;
	memset(data, 0, sizeof(data));
	assert_int_equal(crc32c_add(0, data, sizeof(data)), 0x8a9136aa);
	memset(data, 0xff, sizeof(data));
	assert_int_equal(crc32c_add(0, data, sizeof(data)), 0x62a8ab43);
	for (i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)i;
	assert_int_equal(crc32c_add(0, data, sizeof(data)), 0x46dd794e);
	for (i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(31 - i);
	assert_int_equal(crc32c_add(0, data, sizeof(data)), 0x113fdb5c);
	assert_int_equal(crc32c_add(0, read_10, sizeof(read_10)), 0xd9963a56);
	assert_int_equal(crc32c_add(0, "123456789", 9), 0xe3069283);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(crc32c_add(0, "", 0), 0);
	assert_int_equal(crc32c_add(0x12345678, "", 0), 0x12345678);
}

static void test_lengths_and_alignments(void **state)
{
	static const size_t longer[] = {
		4095, 4096, 4097, 16384, 65521, 65535, 65536, 65537, 200000,
	};
	unsigned char *data = malloc(SIZE);
	size_t at, len, i;

	(void)state;
	assert_non_null(data);
	fill(data, SIZE);
	for (at = 0; at < 72; at++) {
		for (len = 0; len < 1100; len++)
			assert_int_equal(crc32c_add(0, data + at, len), judge(0, data + at, len));
		for (i = 0; i < COUNT(longer); i++)
			assert_int_equal(crc32c_add(~0U, data + at, longer[i]),
					 judge(~0U, data + at, longer[i]));
	}
	free(data);
}

static void test_pieces(void **state)
{
	unsigned char *data = malloc(SIZE);
	size_t at, step;
	__u32 whole, crc;

	(void)state;
	assert_non_null(data);
	fill(data, SIZE);
	whole = judge(0, data, 5000);
	for (at = 0; at <= 5000; at++) {
		crc = crc32c_add(0, data, at);
		assert_int_equal(crc, judge(0, data, at));
		assert_int_equal(crc32c_add(crc, data + at, 5000 - at), whole);
	}
	whole = judge(0, data, SIZE);
	for (step = 1; step < SIZE; step = step * 3 + 1) {
		for (crc = 0, at = 0; at < SIZE; at += step)
			crc = crc32c_add(crc, data + at, SIZE - at < step ? SIZE - at : step);
		assert_int_equal(crc, whole);
	}
	free(data);
}

/* No byte before the first and none behind the last one is read: there is none */
static void test_edges_of_memory(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), len;
	unsigned char *map = mmap(NULL, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_true(map != MAP_FAILED);
	map += page;
	assert_int_equal(mprotect(map, page, PROT_READ | PROT_WRITE), 0);
	fill(map, page);
	for (len = 0; len <= page; len++) {
		assert_int_equal(crc32c_add(0, map, len), judge(0, map, len));
		assert_int_equal(crc32c_add(0, map + page - len, len),
				 judge(0, map + page - len, len));
	}
	munmap(map - page, 3 * page);
}

/* More than an int can say, of which nearly all is the page of zeros */
static void test_more_than_an_int(void **state)
{
#ifdef DUMPFLT_ISAL
	const size_t len = (5UL << 30) + 4099, step = 64UL << 20;
	static const size_t marks[] = {
		0, (1UL << 30) - 1, 1UL << 30, (1UL << 31) - 1, 1UL << 31, (1UL << 32) - 1,
		1UL << 32, (1UL << 32) + 1, 5UL << 30, (5UL << 30) + 4098,
	};
#else
	const size_t len = (1UL << 30) + 4099, step = 64UL << 20;
	static const size_t marks[] = { 0, (1UL << 30) - 1, 1UL << 30, (1UL << 30) + 4098 };
#endif
	unsigned char *map = mmap(NULL, len, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	__u32 crc = 0;
	size_t at, i;

	(void)state;
	assert_true(map != MAP_FAILED);
	for (i = 0; i < COUNT(marks); i++)
		map[marks[i]] = (unsigned char)(i + 1);
	for (at = 0; at < len; at += step)
		crc = crc32c_add(crc, map + at, len - at < step ? len - at : step);
	assert_int_equal(crc32c_add(0, map, len), crc);
	munmap(map, len);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_rfc_3720),
	cmocka_unit_test(test_nothing),
	cmocka_unit_test(test_lengths_and_alignments),
	cmocka_unit_test(test_pieces),
	cmocka_unit_test(test_edges_of_memory),
	cmocka_unit_test(test_more_than_an_int),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
