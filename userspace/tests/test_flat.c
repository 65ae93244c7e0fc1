// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of the parser of the flattened stream.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <endian.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "flat/flat.h"
#include "lib/text.h"
#include "unit.h"

#define FILE_SIZE	300	/* of the dump file that the sample describes */

/* A stream in the making */
struct stream {
	unsigned char	bytes[8192];
	size_t		len;
};

static void add_bytes(struct stream *s, const void *bytes, size_t len)
{
	memcpy(s->bytes + s->len, bytes, len);
	s->len += len;
}

static void add_number(struct stream *s, __s64 number)
{
	__u64 raw = htobe64((__u64)number);

	add_bytes(s, &raw, sizeof(raw));
}

static void add_header(struct stream *s, const char *signature, __s64 type,
		       __s64 version)
{
	char start[16] = "";

	memset(s, 0, sizeof(*s));
	strncpy(start, signature, sizeof(start) - 1);
	add_bytes(s, start, sizeof(start));
	add_number(s, type);
	add_number(s, version);
	s->len = FLAT_HEADER_SIZE;
}

static void add_record(struct stream *s, __s64 offset, __s64 size, char fill,
		       size_t len)
{
	char data[256];

	memset(data, fill, sizeof(data));
	add_number(s, offset);
	add_number(s, size);
	add_bytes(s, data, len);
}

static void make_sample(struct stream *s)
{
	add_header(s, "makedumpfile", 1, 1);
	add_record(s, 100, 50, 'a', 50);
	add_record(s, 0, 10, 'b', 10);
	add_record(s, 299, 1, 'c', 1);
	add_record(s, 105, 7, 'd', 7);
	add_record(s, -1, -1, 0, 0);
}

static void make_expected(unsigned char file[FILE_SIZE])
{
	memset(file, 0, FILE_SIZE);
	memset(file + 100, 'a', 50);
	memset(file, 'b', 10);
	file[299] = 'c';
	memset(file + 105, 'd', 7);
}

/* Feeds all of it in pieces; every span is applied to @file */
static enum flat_event feed(struct flat_parser *flat, const unsigned char *bytes,
			    size_t len, size_t piece, unsigned char *file)
{
	enum flat_event event = FLAT_MORE;
	struct flat_span span;

	while (len && (event == FLAT_MORE || event == FLAT_DATA)) {
		/* A copy of its own size: a sanitizer sees every byte beyond */
		size_t left = piece < len ? piece : len;
		unsigned char *copy = malloc(left);
		const unsigned char *input = copy;

		memcpy(copy, bytes, left);
		bytes += left;
		len -= left;
		do {
			event = flat_next(flat, &input, &left, &span);
			if (event != FLAT_DATA)
				continue;
			assert_true(span.len > 0);
			assert_true(span.offset + span.len <= FILE_SIZE);
			memcpy(file + span.offset, span.data, span.len);
		} while (event == FLAT_DATA);
		if (event == FLAT_MORE)
			assert_int_equal(left, 0);
		free(copy);
	}
	return event;
}

static void test_pieces(void **state)
{
	unsigned char expected[FILE_SIZE], file[FILE_SIZE];
	struct flat_parser flat;
	struct stream s;
	size_t piece;

	(void)state;
	make_sample(&s);
	make_expected(expected);
	for (piece = 1; piece <= s.len; piece++) {
		memset(file, 0, sizeof(file));
		flat_init(&flat);
		assert_int_equal(feed(&flat, s.bytes, s.len, piece, file), FLAT_END);
		assert_memory_equal(file, expected, FILE_SIZE);
		assert_int_equal(flat.position, s.len);
		assert_int_equal(flat.file_size, FILE_SIZE);
		assert_int_equal(flat.records, 4);
		assert_null(flat.problem);
	}
}

/* Cut at every byte: never an end, and never taken for garbage */
static void test_cut(void **state)
{
	unsigned char file[FILE_SIZE];
	struct flat_parser flat;
	struct stream s;
	size_t len;

	(void)state;
	make_sample(&s);
	for (len = 0; len < s.len; len++) {
		flat_init(&flat);
		assert_int_equal(feed(&flat, s.bytes, len, len ? len : 1, file),
				 FLAT_MORE);
		assert_int_equal(flat.position, len);
		assert_int_not_equal(flat.state, FLAT_AT_END);
	}
}

/* Every single byte of the headers that is changed must not go unnoticed */
static void test_start_damaged(void **state)
{
	unsigned char file[FILE_SIZE];
	struct flat_parser flat;
	struct stream s;
	size_t i;

	(void)state;
	for (i = 0; i < 32; i++) {
		make_sample(&s);
		s.bytes[i] ^= 0x80;
		flat_init(&flat);
		assert_int_equal(feed(&flat, s.bytes, s.len, s.len, file), FLAT_BAD);
		assert_int_equal(flat.position, 0);
		assert_non_null(flat.problem);
	}
}

/* Nothing behind the end marker is consumed, and the end is final */
static void test_behind_the_end(void **state)
{
	unsigned char file[FILE_SIZE];
	const unsigned char *input;
	struct flat_parser flat;
	struct flat_span span;
	struct stream s;
	size_t end, len;

	(void)state;
	make_sample(&s);
	end = s.len;
	add_bytes(&s, "more of it", 10);
	flat_init(&flat);
	assert_int_equal(feed(&flat, s.bytes, s.len, s.len, file), FLAT_END);
	assert_int_equal(flat.position, end);
	input = s.bytes;
	len = s.len;
	assert_int_equal(flat_next(&flat, &input, &len, &span), FLAT_END);
	assert_ptr_equal(input, s.bytes);
	assert_int_equal(len, s.len);
	len = 0;
	assert_int_equal(flat_next(&flat, &input, &len, &span), FLAT_END);
}

struct hostile {
	__s64		offset;
	__s64		size;
	const char	*problem;
};

static const struct hostile hostile[] = {
	{ -1,			1,		"record with a negative offset" },
	{ -2,			-1,		"record with a negative offset" },
	{ LLONG_MIN,		LLONG_MIN,	"record with a negative offset" },
	{ 0,			0,		"record without a valid size" },
	{ 0,			-1,		"record without a valid size" },
	{ 5,			LLONG_MIN,	"record without a valid size" },
	{ 1,			LLONG_MAX,	"record beyond the largest possible file" },
	{ LLONG_MAX,		1,		"record beyond the largest possible file" },
	{ LLONG_MAX - 5,	6,		"record beyond the largest possible file" },
};

static void test_hostile_records(void **state)
{
	unsigned char file[FILE_SIZE];
	const unsigned char *input;
	struct flat_parser flat;
	struct flat_span span;
	struct stream s;
	size_t i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		add_header(&s, "makedumpfile", 1, 1);
		add_record(&s, 0, 10, 'x', 10);
		add_record(&s, hostile[i].offset, hostile[i].size, 'y', 20);
		flat_init(&flat);
		assert_int_equal(feed(&flat, s.bytes, s.len, s.len, file), FLAT_BAD);
		assert_string_equal(flat.problem, hostile[i].problem);
		assert_int_equal(flat.position, FLAT_HEADER_SIZE + 26);
		/* And stays that way */
		input = s.bytes;
		len = 1;
		assert_int_equal(flat_next(&flat, &input, &len, &span), FLAT_BAD);
		len = 0;
		assert_int_equal(flat_next(&flat, &input, &len, &span), FLAT_BAD);
	}
}

/* A record that ends where it may is data; one that does not is none, not even its first piece */
static void test_limit(void **state)
{
	unsigned char file[FILE_SIZE];
	struct flat_parser flat;
	struct stream s;
	__u64 limit;
	int log;

	(void)state;
	for (log = 0; log < 2; log++) {
		for (limit = 99; limit <= 100; limit++) {
			add_header(&s, "makedumpfile", 1, 1);
			/* of a size that the kernel log's has, or not */
			add_record(&s, 50, log ? 65536 - 4096 - 16 : 50, 'x', 50);
			flat_init(&flat);
			flat.limit = limit + (log ? 65536 - 4096 - 16 - 50 : 0);
			memset(file, 0, sizeof(file));
			assert_int_equal(feed(&flat, s.bytes, s.len, s.len, file),
					 limit == 100 ? FLAT_MORE : FLAT_BAD);
			assert_int_equal(file[50], limit == 100 ? 'x' : 0);
			if (limit == 100)
				continue;
			assert_string_equal(flat.problem,
					    "record far behind all that there can be");
			assert_int_equal(flat.position, FLAT_HEADER_SIZE);
		}
	}
}

/* The largest that is possible is not refused, and nothing overflows */
static void test_largest(void **state)
{
	const unsigned char *input;
	struct flat_parser flat;
	struct flat_span span;
	struct stream s;
	size_t len;

	(void)state;
	add_header(&s, "makedumpfile", 1, 1);
	add_record(&s, LLONG_MAX - 1, 1, 'x', 1);
	add_record(&s, 0, LLONG_MAX, 'y', 100);
	flat_init(&flat);
	input = s.bytes;
	len = s.len;
	assert_int_equal(flat_next(&flat, &input, &len, &span), FLAT_DATA);
	assert_int_equal(span.offset, LLONG_MAX - 1);
	assert_int_equal(flat_next(&flat, &input, &len, &span), FLAT_DATA);
	assert_int_equal(span.offset, 0);
	assert_int_equal(span.len, 100);
	assert_int_equal(flat_next(&flat, &input, &len, &span), FLAT_MORE);
	assert_int_equal(flat.left, LLONG_MAX - 100);
	assert_int_equal(flat.file_size, LLONG_MAX);
}

static void test_no_records(void **state)
{
	unsigned char file[FILE_SIZE];
	struct flat_parser flat;
	struct stream s;

	(void)state;
	add_header(&s, "makedumpfile", 1, 1);
	add_record(&s, -1, -1, 0, 0);
	flat_init(&flat);
	assert_int_equal(feed(&flat, s.bytes, s.len, s.len, file), FLAT_BAD);
	assert_string_equal(flat.problem, "end marker before any data");
}

static void test_other_headers(void **state)
{
	unsigned char file[FILE_SIZE];
	struct flat_parser flat;
	struct stream s;

	(void)state;
	add_header(&s, "KDUMP   ", 1, 1);
	flat_init(&flat);
	assert_int_equal(feed(&flat, s.bytes, s.len, 7, file), FLAT_BAD);
	assert_string_equal(flat.problem,
			    "no makedumpfile signature: not a flattened dump");
	add_header(&s, "makedumpfile", 2, 1);
	flat_init(&flat);
	assert_int_equal(feed(&flat, s.bytes, s.len, 7, file), FLAT_BAD);
	assert_string_equal(flat.problem,
			    "unknown type in the header of the flattened dump");
	add_header(&s, "makedumpfile", 1, 2);
	flat_init(&flat);
	assert_int_equal(feed(&flat, s.bytes, s.len, 7, file), FLAT_BAD);
	assert_string_equal(flat.problem,
			    "unknown version in the header of the flattened dump");
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_pieces),
	cmocka_unit_test(test_cut),
	cmocka_unit_test(test_start_damaged),
	cmocka_unit_test(test_behind_the_end),
	cmocka_unit_test(test_hostile_records),
	cmocka_unit_test(test_limit),
	cmocka_unit_test(test_largest),
	cmocka_unit_test(test_no_records),
	cmocka_unit_test(test_other_headers),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
