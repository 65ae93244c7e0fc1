// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit test of how much of a copy is read that somebody else makes longer.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "dumps/collect.h"
#include "unit.h"

#define SIZE	100
#define LONGER	1073741824LL
#define AT_MOST	4194304ULL

static void test_bound(void **state)
{
	char path[] = "/tmp/dumpflt-read-XXXXXX";
	struct collect_sum sum;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ftruncate(fd, LONGER), 0);
	assert_int_equal(collect_read_file(fd, path, SIZE, &sum), 0);
	assert_true(sum.size > SIZE && sum.size <= AT_MOST);
	assert_int_equal(ftruncate(fd, SIZE), 0);
	assert_int_equal(collect_read_file(fd, path, SIZE, &sum), 0);
	assert_int_equal(sum.size, SIZE);
	close(fd);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_bound),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
