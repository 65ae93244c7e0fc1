// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of flat/index.c: each byte of a file is where the last record had it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flat/index.h"
#include "unit.h"

/* Bytes of a file: few, so that records overlap in every way */
#define SIZE	64U

/* For each byte, where in the stream it is, plus 1; 0 for a hole */
static __u64 wanted[SIZE];

static void add(struct flat_index *index, __u64 at, __u64 len, __u64 from)
{
	__u64 i;

	assert_int_equal(flat_index_add(index, at, len, from), 0);
	for (i = 0; i < len; i++)
		wanted[at + i] = from + i + 1;
}

static __u64 found(const struct flat_index *index, __u64 at)
{
	size_t i = flat_index_find(index, at);

	if (i == index->nr || index->extents[i].at > at)
		return 0;
	return index->extents[i].from + (at - index->extents[i].at) + 1;
}

static void compare(struct flat_index *index)
{
	__u64 at;
	size_t i;

	assert_int_equal(flat_index_end(index), 0);
	for (at = 0; at < SIZE; at++)
		assert_int_equal(found(index, at), wanted[at]);
	assert_int_equal(flat_index_find(index, SIZE), index->nr);
	for (i = 1; i < index->nr; i++)
		assert_true(index->extents[i].at >=
			    index->extents[i - 1].at + index->extents[i - 1].len);
	flat_index_free(index);
	memset(wanted, 0, sizeof(wanted));
}

static void test_empty(void **state)
{
	struct flat_index index = { .nr = 0 };

	(void)state;
	compare(&index);
}

/* Of one record, cut where a chunk ends, it is one piece; two records are two */
static void test_pieces(void **state)
{
	struct flat_index index = { .nr = 0 };

	(void)state;
	add(&index, 0, 10, 100);
	add(&index, 10, 5, 110);
	assert_int_equal(index.nr, 1);
	add(&index, 15, 5, 131);
	assert_int_equal(index.nr, 2);
	add(&index, 30, 5, 200);
	compare(&index);
}

/* As makedumpfile does: the header once more, at the end */
static void test_header_again(void **state)
{
	struct flat_index index = { .nr = 0 };

	(void)state;
	add(&index, 0, 8, 16);
	add(&index, 8, 40, 40);
	add(&index, 0, 4, 100);
	compare(&index);
}

/* Later ones win, whatever they are cut by */
static void test_any(void **state)
{
	unsigned int round, i;

	(void)state;
	srandom(1);
	for (round = 0; round < 20000; round++) {
		struct flat_index index = { .nr = 0 };
		__u64 from = 32;

		for (i = (unsigned int)random() % 12; i; i--) {
			__u64 at = (__u64)random() % SIZE;
			__u64 len = (__u64)random() % (SIZE - at) + 1;

			add(&index, at, len, from);
			/* a header is between two records, but not always looked at */
			from += len + (random() & 1 ? 16 : 0);
		}
		compare(&index);
	}
}

/* So many that no dump has them are refused, before they take the memory */
static void test_too_many(void **state)
{
	struct flat_index index = { .nr = 0 };
	__u64 i;

	(void)state;
	for (i = 0; i < FLAT_INDEX_MAX; i++)
		if (flat_index_add(&index, 2 * i, 1, 17 * i))
			break;
	assert_int_equal(i, FLAT_INDEX_MAX);
	assert_int_equal(flat_index_add(&index, 2 * i, 1, 17 * i), -EFBIG);
	assert_int_equal(flat_index_end(&index), 0);
	assert_int_equal(flat_index_find(&index, 2 * i - 2), FLAT_INDEX_MAX - 1);
	flat_index_free(&index);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_empty),
	cmocka_unit_test(test_pieces),
	cmocka_unit_test(test_header_again),
	cmocka_unit_test(test_any),
	cmocka_unit_test(test_too_many),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
