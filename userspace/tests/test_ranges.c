// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of the module's accounting of what was written, against a model that
 * has a flag for each byte.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdlib.h>
#include <string.h>

#include "../../module/core/base/ranges.c"
#include "unit.h"

#define SIZE	96
#define ROOM	SIZE	/* more ranges than there can be */

static bool model[SIZE];
static struct dumpflt_range room[ROOM];
static struct dumpflt_ranges ranges;

static void begin(unsigned int max)
{
	memset(model, 0, sizeof(model));
	ranges.range = room;
	ranges.max = max;
	dumpflt_ranges_reset(&ranges);
}

static void add(unsigned int start, unsigned int end)
{
	dumpflt_ranges_add(&ranges, start, end);
	if (start < end)
		memset(model + start, 1, end - start);
}

static unsigned int model_prefix(void)
{
	unsigned int i;

	for (i = 0; i < SIZE && model[i]; i++)
		;
	return i;
}

static unsigned int model_bytes(void)
{
	unsigned int i, bytes = 0;

	for (i = 0; i < SIZE; i++)
		bytes += model[i];
	return bytes;
}

/* In order, not empty, never touching, and nothing that was not written */
static void check_shape(void)
{
	unsigned int i;
	u64 at;

	for (i = 0; i < ranges.nr; i++) {
		assert_true(ranges.range[i].start < ranges.range[i].end);
		assert_true(!i || ranges.range[i - 1].end < ranges.range[i].start);
		for (at = ranges.range[i].start; at < ranges.range[i].end; at++)
			assert_true(model[at]);
	}
}

static void test_known(void **state)
{
	(void)state;
	begin(ROOM);
	assert_int_equal(dumpflt_ranges_prefix(&ranges), 0);
	add(0, 8);
	add(0, 8);
	assert_int_equal(dumpflt_ranges_bytes(&ranges), 8);
	add(16, 24);
	assert_int_equal(dumpflt_ranges_prefix(&ranges), 8);
	assert_int_equal(ranges.nr, 2);
	add(8, 16);
	assert_int_equal(dumpflt_ranges_prefix(&ranges), 24);
	assert_int_equal(ranges.nr, 1);
	add(30, 30);
	add(40, 30);
	assert_int_equal(ranges.nr, 1);
	/* from the end backwards, with no prefix before the last */
	begin(ROOM);
	add(4, 6);
	add(2, 4);
	assert_int_equal(dumpflt_ranges_prefix(&ranges), 0);
	add(0, 2);
	assert_int_equal(dumpflt_ranges_prefix(&ranges), 6);
}

static void test_large(void **state)
{
	(void)state;
	begin(ROOM);
	dumpflt_ranges_add(&ranges, 0, 1ULL << 32);
	dumpflt_ranges_add(&ranges, 1ULL << 32, (1ULL << 32) + 4096);
	dumpflt_ranges_add(&ranges, 1ULL << 62, ~0ULL);
	assert_int_equal(ranges.nr, 2);
	assert_true(dumpflt_ranges_prefix(&ranges) == (1ULL << 32) + 4096);
	dumpflt_ranges_add(&ranges, 0, ~0ULL);
	assert_int_equal(ranges.nr, 1);
	assert_true(dumpflt_ranges_bytes(&ranges) == ~0ULL);
}

static void test_random(void **state)
{
	unsigned int round, i;

	(void)state;
	srand(20261126);
	for (round = 0; round < 20000; round++) {
		begin(ROOM);
		for (i = 0; i < 40; i++) {
			unsigned int start = (unsigned int)rand() % SIZE;
			unsigned int len = (unsigned int)rand() % (1 + (unsigned int)rand() % 12);

			add(start, start + len < SIZE ? start + len : SIZE);
			assert_false(ranges.lost);
			assert_int_equal(dumpflt_ranges_prefix(&ranges), model_prefix());
			assert_int_equal(dumpflt_ranges_bytes(&ranges), model_bytes());
		}
		check_shape();
	}
}

/* With too little room it may know less than there is, and never more */
static void test_no_room(void **state)
{
	unsigned int round, i, lost = 0;

	(void)state;
	srand(62112026);
	for (round = 0; round < 20000; round++) {
		begin(3);
		for (i = 0; i < 40; i++) {
			unsigned int start = (unsigned int)rand() % SIZE;

			add(start, start + 2 < SIZE ? start + 2 : SIZE);
			assert_true(ranges.nr <= 3);
			assert_true(dumpflt_ranges_prefix(&ranges) <= model_prefix());
			assert_true(ranges.lost ||
				    dumpflt_ranges_bytes(&ranges) == model_bytes());
		}
		check_shape();
		lost += ranges.lost;
	}
	assert_true(lost > 1000);
}

int main(void)
{
	UNIT_TESTS(tests) = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
