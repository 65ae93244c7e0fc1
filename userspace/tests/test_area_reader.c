// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of reading single chunks of a dump, in any order.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "area/reader.h"
#include "area_fixture.h"
#include "unit.h"

#define CHUNK	DUMPFLT_CHUNK_SIZE
/* With records of 2048 bytes, 32 are read at a time: three windows and a piece */
#define CHUNKS	100U

static const struct area_writer_filter digest = { "digest", 0, 32, NULL };

struct reading {
	struct fixture		f;
	struct area		area;
	struct area_slot	slot;
	struct area_reader	reader;
};

static void begin(struct reading *r)
{
	__u32 slot;

	fixture_make(&r->f, 20 << 20, 1, 2048);
	slot = fixture_dump(&r->f, CHUNKS * CHUNK, &digest, 1, FIXTURE_COMPLETE);
	assert_int_equal(area_load(&r->area, &r->f.io), 0);
	assert_int_equal(area_slot_load(&r->area, slot, &r->slot), 0);
	assert_int_equal(area_reader_open(&r->reader, &r->area, &r->slot, NULL), 0);
	/* the trailer is a chunk, too */
	r->reader.total = CHUNKS + 1;
}

static void end(struct reading *r)
{
	area_reader_close(&r->reader);
	area_slot_unload(&r->slot);
	area_unload(&r->area);
	fixture_free(&r->f);
}

static void expect_chunk(struct reading *r, __u64 chunk)
{
	const unsigned char *record = NULL;

	assert_null(area_reader_read(&r->reader, chunk, &record));
	assert_non_null(record);
	assert_memory_equal(r->reader.data, r->f.data + chunk * CHUNK, CHUNK);
}

/* Forwards, backwards, and across the windows of records */
static void test_any_order(void **state)
{
	struct reading r;
	__u64 i;

	(void)state;
	begin(&r);
	for (i = 0; i < CHUNKS; i++)
		expect_chunk(&r, i);
	for (i = CHUNKS; i-- > 0;)
		expect_chunk(&r, i);
	for (i = 0; i < CHUNKS; i++)
		expect_chunk(&r, i * 37 % CHUNKS);
	expect_chunk(&r, 5);
	expect_chunk(&r, 5);
	end(&r);
}

/* One that is damaged says so whenever it is asked for, and costs no other */
static void test_damage(void **state)
{
	const unsigned char *record;
	struct reading r;

	(void)state;
	begin(&r);
	r.f.image[dumpflt_geometry_chunk(&r.f.geo, r.slot.number, 40) + 9] ^= 1;
	expect_chunk(&r, 41);
	assert_string_equal(area_reader_read(&r.reader, 40, &record),
			    "its bytes are not those of its record");
	expect_chunk(&r, 39);
	assert_string_equal(area_reader_read(&r.reader, 40, &record),
			    "its bytes are not those of its record");
	end(&r);
}

static void test_beyond(void **state)
{
	const unsigned char *record = (const void *)"";
	struct reading r;

	(void)state;
	begin(&r);
	assert_null(area_reader_read(&r.reader, CHUNKS, &record));
	assert_string_equal(area_reader_read(&r.reader, CHUNKS + 1, &record),
			    "there is no such chunk");
	assert_null(record);
	assert_string_equal(area_reader_read(&r.reader, ~0ULL, &record),
			    "there is no such chunk");
	end(&r);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_any_order),
	cmocka_unit_test(test_damage),
	cmocka_unit_test(test_beyond),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
