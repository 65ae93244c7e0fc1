// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The module's nonce of a chunk against the words of the specification, at every
 * edge where a number may have been cut: a nonce that serves twice under one key
 * gives both chunks away.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "../../module/filters/age/nonce.h"
#include "lib/text.h"
#include "unit.h"

#define SIZE	12

/* As ChaCha20-Poly1305 sees it: the library's four zeros, then its number */
static void module_nonce(__u64 chunk, __u8 last, __u8 nonce[SIZE])
{
	__u64 number = dumpflt_age_nonce(chunk, last);
	int i;

	memset(nonce, 0, SIZE);
	for (i = 0; i < 8; i++) {
		nonce[4 + i] = number % 256;
		number /= 256;
	}
}

/* c2sp.org/age: 11 bytes of big-endian chunk counter, and a last block flag byte */
static void age_nonce(__u64 chunk, __u8 last, __u8 nonce[SIZE])
{
	int i;

	for (i = 10; i >= 0; i--) {
		nonce[i] = chunk % 256;
		chunk /= 256;
	}
	nonce[11] = last;
}

static void expect_nonce(__u64 chunk)
{
	__u8 is[SIZE], should[SIZE];
	__u8 last;

	for (last = 0; last < 2; last++) {
		module_nonce(chunk, last, is);
		age_nonce(chunk, last, should);
		assert_memory_equal(is, should, SIZE);
	}
}

/* 2^n bytes, records, sectors and chunks, and what is around them */
static void test_edges(void **state)
{
	__u64 distance;
	int bit;

	(void)state;
	for (bit = 0; bit < 56; bit++)
		for (distance = 0; distance < 12; distance++) {
			expect_nonce((1ULL << bit) + distance);
			if (distance < 1ULL << bit)
				expect_nonce((1ULL << bit) - 1 - distance);
		}
}

/* Whatever the expectation above is: no chunk has the nonce of another one */
static void test_different(void **state)
{
	static const __u64 apart[] = {
		1, 1ULL << 8, 1ULL << 16, 1ULL << 24, 1ULL << 25, 1ULL << 31,
		1ULL << 32, 1ULL << 40, 1ULL << 48,
	};
	__u8 first[SIZE], second[SIZE];
	__u64 chunk;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(apart); i++)
		for (chunk = 0; chunk < 100; chunk++) {
			module_nonce(chunk, 0, first);
			module_nonce(chunk + apart[i], 0, second);
			assert_memory_not_equal(first, second, SIZE);
			module_nonce(chunk, 1, second);
			assert_memory_not_equal(first, second, SIZE);
		}
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_edges),
	cmocka_unit_test(test_different),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
