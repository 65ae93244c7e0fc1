// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of filters and options on the command line, and of small helpers.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dumps/open.h"
#include "kernel/spec_policy.h"
#include "lib/text.h"
#include "unit.h"

static struct stack_spec spec;
static char error[SPEC_ERROR_MAX];

static void expect_options(const char *text, const char *name, const char *options)
{
	spec_init(&spec);
	assert_true(spec_parse_filter(&spec, text, error));
	assert_int_equal(spec.nr_filters, 1);
	assert_string_equal(spec.filters[0].name, name);
	assert_string_equal(spec.filters[0].options, options);
}

static void test_options(void **state)
{
	(void)state;
	expect_options("trace", "trace", "");
	expect_options("crypt,key=dumpflt:x", "crypt", "key=dumpflt:x\n");
	expect_options("a,x=1,y=2,x=3", "a", "x=1\ny=2\nx=3\n");
	expect_options("a,x=", "a", "x=\n");
	expect_options("a,x=b=c", "a", "x=b=c\n");
	expect_options("a,x=1\\,2,y=3", "a", "x=1,2\ny=3\n");
	expect_options("a,x=\\\\,y=\\z", "a", "x=\\\ny=z\n");
	expect_options("a,x=end\\", "a", "x=end\\\n");
}

static void expect_error(const char *text, const char *message)
{
	spec_init(&spec);
	assert_false(spec_parse_filter(&spec, text, error));
	assert_string_equal(error, message);
}

static void test_option_errors(void **state)
{
	char text[5000];

	(void)state;
	expect_error("", "'' is no name for a filter: 1 to 23 characters of a-z 0-9 _");
	expect_error("a-b", "'a-b' is no name for a filter: 1 to 23 characters of a-z 0-9 _");
	expect_error("abcdefghijklmnopqrstuvwx",
		     "'abcdefghijklmnopqrstuvwx' is no name for a filter: 1 to 23 characters of a-z 0-9 _");
	expect_error("a,", "'' is no option of filter 'a': name=value is needed");
	expect_error("a,x", "'x' is no option of filter 'a': name=value is needed");
	expect_error("a,x=1,,y=2", "'' is no option of filter 'a': name=value is needed");
	expect_error("a,=1", "'' is no name for an option of filter 'a'");
	expect_error("a,X=1", "'X' is no name for an option of filter 'a'");
	expect_error("a,x=1\ncritical=1",
		     "option 'x' of filter 'a' has a line break in its value");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(text, "a,x=", 4);
	expect_error(text, "a filter with its options is longer than 4095 bytes");
}

static void test_filters(void **state)
{
	char entry[32], name[16];
	int i;

	(void)state;
	spec_init(&spec);
	assert_true(spec_parse_filter(&spec, "a", error));
	assert_true(spec_parse_filter(&spec, "b", error));
	assert_false(spec_parse_filter(&spec, "a,x=1", error));
	assert_string_equal(error, "filter 'a' is there twice");
	assert_ptr_equal(spec_find_filter(&spec, "b"), &spec.filters[1]);
	assert_null(spec_find_filter(&spec, "c"));
	spec_entry(&spec, 0, entry, sizeof(entry));
	assert_string_equal(entry, "10-a");
	spec_entry(&spec, 1, entry, sizeof(entry));
	assert_string_equal(entry, "20-b");
	/* As many as there may be, and all of them still two digits in order */
	for (i = 2; i < DUMPFLT_MAX_FILTERS; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		assert_true(spec_parse_filter(&spec, name, error));
	}
	assert_false(spec_parse_filter(&spec, "z", error));
	assert_string_equal(error, "more than 16 filters in one stack");
	spec_entry(&spec, 0, entry, sizeof(entry));
	assert_string_equal(entry, "05-a");
	spec_entry(&spec, 15, entry, sizeof(entry));
	assert_string_equal(entry, "80-f15");
	assert_int_equal(spec_number(&spec, 15), 80);
}

static void test_numbers(void **state)
{
	__u64 value = 0;

	(void)state;
	assert_true(parse_number("0", 0, 10, &value));
	assert_true(parse_number("18446744073709551615", 0, ~0ULL, &value));
	assert_true(value == ~0ULL);
	assert_false(parse_number("18446744073709551616", 0, ~0ULL, &value));
	assert_false(parse_number("", 0, 10, &value));
	assert_false(parse_number(" 1", 0, 10, &value));
	assert_false(parse_number("+1", 0, 10, &value));
	assert_false(parse_number("-1", 0, ~0ULL, &value));
	assert_false(parse_number("1k", 0, 10, &value));
	assert_false(parse_number("11", 0, 10, &value));
	assert_false(parse_number("1", 2, 10, &value));
}

/* The header of an area with this policy; filters with numbers as format gives them */
static void make_policy(struct dumpflt_disk_header *header, const char *const *names)
{
	static const __u8 uuid[16] = "an area's uuid!";
	struct dumpflt_geometry geo;
	unsigned int number = 0;

	assert_null(dumpflt_geometry_make(&geo, 1 << 24, 2, 64));
	dumpflt_header_init(header, &geo, uuid, 1, 0);
	for (; *names; names++)
		assert_null(dumpflt_policy_add(header, *names, number += 10, 0, "", 0));
}

/* An area of an older version: its policy is sound, and no stack is made of it */
static void test_order(void **state)
{
	static const struct {
		const char	*names[4];
		const char	*wrong;
	} orders[] = {
		{ { "age", "digest" }, NULL },
		{ { "crypt", "trace", "digest" }, NULL },
		{ { "digest", "trace" }, NULL },
		{ { "other", "trace", "age" }, NULL },
		{ { "crypt", "age", "digest" }, NULL },
		{ { "template", "other", "age" }, NULL },
		{ { "age", "other", "digest" }, NULL },
		{ { "age", "crypt", "digest" }, "filter 'age' before 'crypt' seals what that one" },
		{ { "age", "trace", "template" }, "filter 'age' before 'template' seals" },
		{ { "digest", "age" }, "filter 'digest' before 'age' leaves what it keeps" },
		{ { "digest", "trace", "age" }, "filter 'digest' before 'age' leaves" },
		{ { "trace", "tally", "crypt" }, "filter 'tally' before 'crypt' leaves" },
		{ { "trace", "digest", "crypt" }, "filter 'digest' before 'crypt' leaves" },
	};
	static struct dumpflt_disk_header header;
	struct open_area open = { .path = "it", .area = { .header = &header } };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		const char *wrong = orders[i].wrong;

		make_policy(&header, orders[i].names);
		assert_null(dumpflt_policy_check(&header));
		spec_init(&spec);
		spec.area = true;
		assert_int_equal(area_complete(&open, &spec), wrong ? -EPERM : 0);
		assert_int_equal(spec_order_wrong(&spec, error), !!wrong);
		if (wrong)
			assert_int_equal(strncmp(error, wrong, strlen(wrong)), 0);
		/* the same filters, named */
		assert_int_equal(area_complete(&open, &spec), wrong ? -EPERM : 0);
	}
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_order),
	cmocka_unit_test(test_options),
	cmocka_unit_test(test_option_errors),
	cmocka_unit_test(test_filters),
	cmocka_unit_test(test_numbers),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
