// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fingerprint of a dump area: each byte of what never changes counts, and nothing else.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdlib.h>
#include <string.h>

#include "dumps/fingerprint.h"
#include "unit.h"

static void test_each_byte(void **state)
{
	struct dumpflt_disk_header *header = calloc(1, sizeof(*header));
	unsigned char *bytes = (unsigned char *)header;
	char before[FINGERPRINT_MAX], after[FINGERPRINT_MAX];
	size_t i;

	(void)state;
	assert_non_null(header);
	assert_int_equal(fingerprint_of(header, before), 0);
	assert_int_equal(strlen(before), FINGERPRINT_MAX - 1);
	for (i = 0; i < sizeof(header->fixed); i++) {
		bytes[i] ^= 1;
		assert_int_equal(fingerprint_of(header, after), 0);
		assert_string_not_equal(before, after);
		bytes[i] ^= 1;
	}
	/* a dump changes these */
	memset(bytes + sizeof(header->fixed), 0xff, sizeof(*header) - sizeof(header->fixed));
	assert_int_equal(fingerprint_of(header, after), 0);
	assert_string_equal(before, after);
	free(header);
}

static void test_parse(void **state)
{
	static const char digits[] =
		"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef";
	char text[FINGERPRINT_MAX], value[FINGERPRINT_MAX + 1];
	size_t i;

	(void)state;
	assert_true(fingerprint_parse(digits, text));
	assert_string_equal(text,
			    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	assert_false(fingerprint_parse("", text));
	assert_false(fingerprint_parse(digits + 1, text));
	for (i = 0; i < FINGERPRINT_MAX - 1; i++) {
		strcpy(value, digits);
		value[i] = i % 2 ? 'g' : ' ';
		assert_false(fingerprint_parse(value, text));
	}
	strcpy(value, digits);
	strcpy(value + FINGERPRINT_MAX - 1, "0");
	assert_false(fingerprint_parse(value, text));
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_each_byte),
	cmocka_unit_test(test_parse),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
