// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of what JSON results say of an error: the error, and not what was
 * warned of before.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "lib/finding.h"
#include "lib/report.h"
#include "unit.h"

static void test_warned(void **state)
{
	(void)state;
	report_warning("a slot of '%s' is small", "/dev/a");
	report_hint("Use a larger device.");
	assert_string_equal(first_error(), "");
	assert_string_equal(error_details(), "");

	report_error("writing", "/dev/a", EIO);
	report_hint("Is it plugged in?");
	report_failure("reading", "/dev/b", "%d bytes", 7);
	assert_string_equal(first_error(), "writing failed on '/dev/a': Input/output error");
	assert_string_equal(error_details(),
			    "Is it plugged in?\nreading failed on '/dev/b': 7 bytes");

	/* whatever is found from here on is not the cause */
	finding_add(FINDING_DAMAGED);
	assert_int_equal(finding_worst(), FINDING_FAILED);
}

int main(void)
{
	UNIT_TESTS(tests) = {
		cmocka_unit_test(test_warned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
