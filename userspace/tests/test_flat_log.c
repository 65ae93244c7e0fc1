// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of the kernel log in a flattened stream.
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

#define STREAM_MAX	(4 * FLAT_LOG_ALIGN)
#define FILE_SIZE	64

/* A stream in the making, and what was read out of one */
static unsigned char stream[STREAM_MAX], text[STREAM_MAX], file[FILE_SIZE];
static size_t stream_len, text_len;

static void add(const void *bytes, size_t len)
{
	memcpy(stream + stream_len, bytes, len);
	stream_len += len;
}

static void add_number(__s64 number)
{
	__u64 raw = htobe64((__u64)number);

	add(&raw, sizeof(raw));
}

static void add_record(__s64 offset, __s64 size, const void *data, size_t len)
{
	add_number(offset);
	add_number(size);
	add(data, len);
}

/* The log, a record of ten bytes at 5, the end */
static void make_stream(size_t log_len, __u32 flags)
{
	memset(stream, 0, sizeof(stream));
	flat_log_begin(stream, 1 << 30, log_len, flags);
	memset(stream + FLAT_LOG_START, 'L', log_len);
	stream_len = flat_log_size(log_len);
	add_record(5, 10, "0123456789", 10);
	add_record(-1, -1, "", 0);
}

static void take(enum flat_event event, const struct flat_span *span)
{
	assert_true(span->len > 0);
	if (event == FLAT_LOG) {
		assert_int_equal(span->offset, text_len);
		memcpy(text + text_len, span->data, span->len);
		text_len += span->len;
	} else {
		assert_true(span->offset + span->len <= FILE_SIZE);
		memcpy(file + span->offset, span->data, span->len);
	}
}

/* A copy of each piece, of its own size: a sanitizer sees every byte beyond */
static enum flat_event feed(struct flat_parser *flat, size_t piece)
{
	enum flat_event event = FLAT_MORE;
	struct flat_span span;
	size_t at, n, left;

	flat_init(flat);
	memset(file, 0, sizeof(file));
	text_len = 0;
	for (at = 0; at < stream_len; at += n) {
		unsigned char *copy;
		const unsigned char *input;

		n = piece < stream_len - at ? piece : stream_len - at;
		left = n;
		copy = malloc(n);
		input = memcpy(copy, stream + at, n);
		do {
			event = flat_next(flat, &input, &left, &span);
			if (event == FLAT_DATA || event == FLAT_LOG)
				take(event, &span);
		} while (event == FLAT_DATA || event == FLAT_LOG);
		free(copy);
	}
	return event;
}

static void test_round_trip(void **state)
{
	static const size_t lens[] = {
		1, 100, FLAT_LOG_ALIGN - FLAT_LOG_START,
		FLAT_LOG_ALIGN - FLAT_LOG_START + 1, 2 * FLAT_LOG_ALIGN,
	};
	static const size_t pieces[] = { 1, 7, 4096, 65536, STREAM_MAX };
	struct flat_parser flat;
	size_t i, j, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		make_stream(lens[i], FLAT_LOG_CUT);
		assert_int_equal((stream_len - 42) % FLAT_LOG_ALIGN, 0);
		for (j = 0; j < ARRAY_SIZE(pieces); j++) {
			assert_int_equal(feed(&flat, pieces[j]), FLAT_END);
			assert_int_equal(text_len, lens[i]);
			for (k = 0; k < text_len; k++)
				assert_int_equal(text[k], 'L');
			assert_true(flat_log_whole(&flat.log));
			assert_int_equal(flat.log.flags, FLAT_LOG_CUT);
			assert_memory_equal(file + 5, "0123456789", 10);
			/* as if there were no log */
			assert_int_equal(flat.file_size, 15);
			assert_int_equal(flat.records, 1);
			assert_int_equal(flat.position, stream_len);
		}
	}
}

/* Byte for byte what format.md says, not what the writer says to the reader */
static void test_layout(void **state)
{
	static const unsigned char head[] = {
		'm', 'a', 'k', 'e', 'd', 'u', 'm', 'p', 'f', 'i', 'l', 'e', 0, 0, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1,
	};
	static const unsigned char record[] = {
		0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xef, 0xf0,
		'd', 'u', 'm', 'p', 'f', 'l', 't', '-', 'l', 'o', 'g', 0, 0, 0, 0, 0,
		0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 'L', 'L', 'L', 0,
	};

	(void)state;
	make_stream(3, FLAT_LOG_TORN);
	assert_memory_equal(stream, head, sizeof(head));
	assert_memory_equal(stream + 4096, record, sizeof(record));
	assert_int_equal(flat_log_size(3), 65536);
	assert_true(flat_begins(stream, stream_len));
}

struct hostile {
	size_t		at;	/* of the byte that is changed, from the magic on */
	unsigned char	to;
	const char	*problem;
};

static const struct hostile hostile[] = {
	{ 19, 0, "its record is of an unknown version" },
	{ 19, 2, "its record is of an unknown version" },
	{ 16, 1, "its record is of an unknown version" },
	{ 23, 4, "its record has unknown flags" },
	{ 20, 0x80, "its record has unknown flags" },
	{ 31, 0, "its record is empty" },
	{ 24, 0x80, "its record says that it is longer than it is" },
	{ 29, 1, "its record says that it is longer than it is" },
};

/* It gives out no text, and the dump behind it is as good as ever */
static void test_hostile(void **state)
{
	struct flat_parser flat;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		make_stream(100, 0);
		stream[4096 + 16 + hostile[i].at] = hostile[i].to;
		assert_int_equal(feed(&flat, 4096), FLAT_END);
		assert_true(flat.log.there);
		assert_string_equal(flat.log.problem, hostile[i].problem);
		assert_false(flat_log_whole(&flat.log));
		assert_int_equal(text_len, 0);
		assert_int_equal(flat.file_size, 15);
		assert_memory_equal(file + 5, "0123456789", 10);
	}
}

/* A disk with a hole has records of any size, and what they say need not be a lie */
static void test_too_long(void **state)
{
	unsigned char start[FLAT_LOG_START];
	struct flat_log log;

	(void)state;
	flat_log_begin(start, 1 << 30, FLAT_LOG_MAX, 0);
	flat_log_read(&log, start + 4096 + 16, 1ULL << 40);
	assert_null(log.problem);
	assert_int_equal(log.len, FLAT_LOG_MAX);
	flat_log_begin(start, 1 << 30, FLAT_LOG_MAX + 1ULL, 0);
	flat_log_read(&log, start + 4096 + 16, 1ULL << 40);
	assert_string_equal(log.problem, "its record is longer than any log that is kept");
	assert_int_equal(log.len, 0);
}

/* The text may fill the record to its last byte, and no further */
static void test_longest(void **state)
{
	struct flat_log log;

	(void)state;
	make_stream(100, 0);
	flat_log_read(&log, stream + 4096 + 16, 132);
	assert_null(log.problem);
	assert_int_equal(log.len, 100);
	flat_log_read(&log, stream + 4096 + 16, 131);
	assert_non_null(log.problem);
	assert_int_equal(log.len, 0);
	flat_log_read(&log, stream + 4096 + 16, 31);
	assert_non_null(log.problem);
}

/* Cut anywhere in it: what has come is known not to be all */
static void test_cut(void **state)
{
	struct flat_parser flat;
	size_t len;

	(void)state;
	for (len = 4096; len < FLAT_LOG_START + 100; len++) {
		make_stream(100, 0);
		stream_len = len;
		assert_int_equal(feed(&flat, 4096), FLAT_MORE);
		assert_false(flat_log_whole(&flat.log));
		assert_int_equal(flat.log.there, len >= FLAT_LOG_START);
		assert_int_equal(text_len, len > FLAT_LOG_START ? len - FLAT_LOG_START : 0);
		assert_int_equal(flat.file_size, 0);
	}
}

/* A stream with one record of @size at 5, whose data begin with @start */
static void make_other(const char *start, size_t size)
{
	memset(stream, 0, sizeof(stream));
	flat_log_begin(stream, 0, 0, 0);
	memset(stream + FLAT_HEADER_SIZE, 0, FLAT_LOG_START - FLAT_HEADER_SIZE);
	stream_len = FLAT_HEADER_SIZE;
	add_record(5, (__s64)size, "", 0);
	memcpy(stream + stream_len, start, strlen(start));
	stream_len += size;
	add_record(-1, -1, "", 0);
}

static void test_no_log(void **state)
{
	struct flat_parser flat;

	(void)state;
	/* where a log would be, and none: FLAT_LOG_HEADER bytes go a way of their own */
	make_other("KDUMP   and then some more, which fills all of the head", 48);
	memset(stream + 4096 + 16 + 40, 'z', 8);
	assert_int_equal(feed(&flat, 1), FLAT_END);
	assert_false(flat.log.there);
	assert_memory_equal(file + 5, "KDUMP   and then some more, which fills ", 40);
	assert_int_equal(flat.file_size, 53);
	/* the same magic, but it does not end where the log's record does */
	make_other("dumpflt-log", 32);
	assert_int_equal(feed(&flat, 4096), FLAT_END);
	assert_false(flat.log.there);
	assert_memory_equal(file + 5, "dumpflt-log", 12);
	assert_int_equal(flat.file_size, 37);
}

static void expect_offset(size_t offset, size_t size)
{
	struct flat_parser flat;
	const unsigned char *input = stream;
	size_t left = stream_len, have = 0;
	struct flat_span span;

	flat_init(&flat);
	while (flat_next(&flat, &input, &left, &span) == FLAT_DATA) {
		assert_int_equal(span.offset, offset + have);
		have += span.len;
	}
	assert_int_equal(have, size);
	assert_int_equal(flat.state, FLAT_AT_END);
	assert_int_equal(flat.file_size, offset + size);
	assert_false(flat.log.there);
}

/* It ends where a log would, and so its head is looked at: nothing of it is lost */
static void test_like_a_log(void **state)
{
	(void)state;
	make_other("dumpflt-lof", FLAT_LOG_ALIGN - 4096 - 16);
	expect_offset(5, FLAT_LOG_ALIGN - 4096 - 16);
}

/* Only the first record can be it: a second one is data of the dump */
static void test_second(void **state)
{
	struct flat_parser flat;
	const unsigned char *input = stream;
	struct flat_span span;
	size_t left, data = 0;
	enum flat_event event;

	(void)state;
	make_stream(100, 0);
	stream_len -= 42;
	add_record(0, FLAT_LOG_ALIGN - 16, "dumpflt-log\0\0\0\0\0\0\0\0\1", 20);
	stream_len = 2 * FLAT_LOG_ALIGN;
	add_record(-1, -1, "", 0);
	flat_init(&flat);
	left = stream_len;
	do {
		event = flat_next(&flat, &input, &left, &span);
		if (event == FLAT_DATA)
			data += span.len;
	} while (event == FLAT_DATA || event == FLAT_LOG);
	assert_int_equal(event, FLAT_END);
	assert_int_equal(data, FLAT_LOG_ALIGN - 16);
	assert_int_equal(flat.log.len, 100);
	assert_int_equal(flat.log.have, 100);
}

/* A log is no dump */
static void test_alone(void **state)
{
	struct flat_parser flat;

	(void)state;
	make_stream(100, 0);
	stream_len -= 42;
	add_record(-1, -1, "", 0);
	assert_int_equal(feed(&flat, 4096), FLAT_BAD);
	assert_string_equal(flat.problem, "end marker before any data");
	assert_int_equal(text_len, 100);
}

/* Behind a dump that left nothing out, its descriptors and bitmaps */
static void test_place(void **state)
{
	static const __u64 gib = 1 << 30;

	(void)state;
	assert_int_equal(flat_log_place(0, 0), 64 << 20);
	assert_true(flat_log_place(gib, gib) > gib + gib / 4096 * 28 + 2 * (gib / 4096 / 8));
	/* all physical addresses that there are, nearly nothing at them */
	assert_true(flat_log_place(gib, 1ULL << 52) > gib + 2 * ((1ULL << 52) / 4096 / 8));
	assert_true(flat_log_place(1ULL << 52, 1ULL << 52) < LLONG_MAX / 2);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_round_trip),
	cmocka_unit_test(test_layout),
	cmocka_unit_test(test_hostile),
	cmocka_unit_test(test_too_long),
	cmocka_unit_test(test_longest),
	cmocka_unit_test(test_cut),
	cmocka_unit_test(test_no_log),
	cmocka_unit_test(test_like_a_log),
	cmocka_unit_test(test_second),
	cmocka_unit_test(test_alone),
	cmocka_unit_test(test_place),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
