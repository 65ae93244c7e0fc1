// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where things are in a dump area, and what names their place, at every edge where
 * a number may have been cut: 2^16 and 2^32 of bytes, sectors, chunks and records,
 * in the highest slot, too. What is expected is the drawing in uapi/linux/dumpflt.h,
 * computed with 128 bits, where there are such.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdlib.h>
#include <string.h>

#include "../../module/format/format.h"
#include "unit.h"

/* 128 bits, in which nothing can be cut; 64, where there are no more, end far above these areas */
#ifdef __SIZEOF_INT128__
#define wide		unsigned __int128
#else
#define wide		__u64
#endif
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define KIB64		((wide)65536)
#define RECORD		64

static const __u64 sizes[] = {
	10ULL << 16, (1ULL << 31) - 1, 1ULL << 32, (1ULL << 32) + (5ULL << 16),
	(1ULL << 36) + 12345, 1ULL << 41, (1ULL << 41) + (1ULL << 33), 10ULL << 40,
	1ULL << 47, (1ULL << 52) + 1,
};

static const __u32 slots[] = { 1, 2, 3, 7, 16, 63, 64 };

static const __u32 record_sizes[] = { 16, 64, 1024, 2048 };

/* 64 KiB that @chunks chunks and their records take */
static wide units_of(wide chunks, __u32 record_size)
{
	return chunks + (chunks * record_size + KIB64 - 1) / KIB64;
}

static void expect_chunk(const struct dumpflt_geometry *geo, __u32 slot, __u64 chunk)
{
	wide start = KIB64 + (wide)slot * geo->slot_size;
	wide records = start + KIB64 + (wide)geo->slot_chunks * KIB64;

	if (chunk >= geo->slot_chunks)
		return;
	assert_true(dumpflt_geometry_chunk(geo, slot, chunk) == start + KIB64 + chunk * KIB64);
	assert_true(dumpflt_geometry_record(geo, slot, chunk) ==
		    records + (wide)chunk * geo->record_size);
}

/* The chunks where bytes, sectors, chunks or records of a slot, or of the area, pass 2^n */
static void expect_chunks(const struct dumpflt_geometry *geo, __u32 slot)
{
	wide start = KIB64 + (wide)slot * geo->slot_size;
	int bit, near;

	expect_chunk(geo, slot, 0);
	expect_chunk(geo, slot, geo->slot_chunks - 1);
	for (bit = 0; bit < 56; bit++)
		for (near = -3; near <= 3; near++) {
			__u64 edge = (1ULL << bit) + (__u64)near;

			expect_chunk(geo, slot, edge);
			expect_chunk(geo, slot, edge / 65536);
			expect_chunk(geo, slot, edge / geo->record_size);
			if (edge > start)
				expect_chunk(geo, slot, (__u64)(edge - start) / 65536);
		}
}

static void expect_slot(const struct dumpflt_geometry *geo, __u32 slot)
{
	wide start = KIB64 + (wide)slot * geo->slot_size;
	wide end = start + geo->slot_size;

	assert_true(dumpflt_geometry_fmeta(geo, slot) == start);
	assert_true(dumpflt_geometry_receipt(geo, slot, 0) == end - KIB64);
	assert_true(dumpflt_geometry_receipt(geo, slot, 1) == end - KIB64 / 2);
	assert_true(end <= (wide)geo->area_size - KIB64);
	expect_chunks(geo, slot);
}

static void expect_geometry(__u64 size, __u32 nr_slots, __u32 record_size)
{
	struct dumpflt_geometry geo;
	wide units = size / KIB64 < 2 ? 0 : (size / KIB64 - 2) / nr_slots;
	const char *wrong = dumpflt_geometry_make(&geo, size, nr_slots, record_size);

	if (units < 5) {
		assert_non_null(wrong);
		return;
	}
	if (units - 2 >= units_of((wide)1 << 31, record_size)) {
		assert_non_null(wrong);
		return;
	}
	assert_null(wrong);
	assert_true(geo.area_size == size / KIB64 * KIB64);
	assert_true(geo.slot_offset == KIB64);
	assert_true(geo.slot_size == units * KIB64);
	/* all that fit, and not one more */
	assert_true(units_of(geo.slot_chunks, record_size) <= units - 2);
	assert_true(units_of((wide)geo.slot_chunks + 1, record_size) > units - 2);
	assert_true(dumpflt_geometry_header(&geo, 0) == 0);
	assert_true(dumpflt_geometry_header(&geo, 1) == geo.area_size - KIB64);
	assert_true(dumpflt_geometry_header_b(size) == geo.area_size - KIB64);
	expect_slot(&geo, 0);
	expect_slot(&geo, nr_slots / 2);
	expect_slot(&geo, nr_slots - 1);
}

static void test_geometry(void **state)
{
	size_t i, j, k;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++)
		for (j = 0; j < COUNT(slots); j++)
			for (k = 0; k < COUNT(record_sizes); k++)
				expect_geometry(sizes[i], slots[j], record_sizes[k]);
}

/* A record, and a trailer, are those of one chunk and one length, not of 2^n away */
static void test_names_its_place(void **state)
{
	static const __u64 numbers[] = { 0, 1, 65535, 65536, 65541, 0x7ffffffe };
	static const __u8 session[16] = { 1 };
	__u8 *record = aligned_alloc(8, RECORD);
	__u8 *chunk = aligned_alloc(8, DUMPFLT_CHUNK_SIZE);
	__u64 size, n;
	size_t i;
	int bit;

	(void)state;
	for (i = 0; i < COUNT(numbers); i++) {
		n = numbers[i];
		memset(record, 7, RECORD);
		dumpflt_record_seal(record, RECORD, session, n, 42);
		assert_true(dumpflt_record_ok(record, RECORD, session, n));
		size = n * 65536;
		dumpflt_trailer_fill(chunk, session, size, n + 1);
		assert_null(dumpflt_trailer_check(chunk, session, size, n + 1));
		for (bit = 0; bit < 47; bit++) {
			assert_false(dumpflt_record_ok(record, RECORD, session,
						       n ^ 1ULL << bit));
			assert_non_null(dumpflt_trailer_check(chunk, session,
							      size ^ 1ULL << bit, n + 1));
			assert_non_null(dumpflt_trailer_check(chunk, session, size,
							      (n + 1) ^ 1ULL << bit));
		}
	}
	free(record);
	free(chunk);
}

/* Sessions are counted in 64 bits: neither the oldest slot nor the newer header is another one */
static void test_counters(void **state)
{
	static const __u64 from[] = { 1, 0xfffffffe, 0xffffffff, 1ULL << 32, 1ULL << 48 };
	struct dumpflt_disk_header *header = calloc(2, sizeof(*header));
	const char *wrong;
	size_t i;

	(void)state;
	header->fixed.nr_slots = cpu_to_le32(2);
	header->fixed.flags = cpu_to_le32(DUMPFLT_AREA_F_OVERWRITE);
	for (i = 0; i < COUNT(from); i++) {
		header->sessions = cpu_to_le64(from[i] - 1);
		memset(header->slots, 0, sizeof(header->slots));
		assert_true(dumpflt_slot_start(header, 1, (const u8 *)"0123456789abcdef", 0));
		assert_true(dumpflt_slot_start(header, 0, (const u8 *)"0123456789abcdef", 0));
		assert_true(le64_to_cpu(header->slots[1].number) == from[i]);
		assert_true(le64_to_cpu(header->slots[0].number) == from[i] + 1);
		assert_int_equal(dumpflt_slot_choose(header), 1);

		header[0].sequence = cpu_to_le64(from[i]);
		header[1].fixed = header[0].fixed;
		header[1].sequence = cpu_to_le64(from[i]);
		header[1].sessions = header[0].sessions;
		assert_true(dumpflt_header_touch(&header[1]));
		assert_int_equal(dumpflt_header_newer(&header[0], &header[1], &wrong), 1);
		assert_int_equal(dumpflt_header_newer(&header[1], &header[0], &wrong), 0);
		assert_null(wrong);
		/* sessions are never counted down */
		header[0].sessions = cpu_to_le64(le64_to_cpu(header[1].sessions) + 1);
		assert_int_equal(dumpflt_header_newer(&header[0], &header[1], &wrong), -1);
		assert_int_equal(dumpflt_header_newer(&header[1], &header[0], &wrong), -1);
		assert_non_null(wrong);
	}
	free(header);
}

/* What is made of a header that somebody let count to its end is valid, or not made */
static void test_last_numbers(void **state)
{
	static const u8 session[16] = "0123456789abcdef";
	const __u64 max = DUMPFLT_COUNTER_MAX;
	struct dumpflt_disk_header *header = calloc(1, sizeof(*header));
	struct dumpflt_disk_header *before = calloc(1, sizeof(*before));
	struct dumpflt_geometry geo;
	__u64 left;

	(void)state;
	assert_null(dumpflt_geometry_make(&geo, 1 << 24, 3, 64));
	dumpflt_header_init(header, &geo, session, 1, 0);
	assert_true(dumpflt_slot_start(header, 0, session, 1));
	for (left = 0; left < 4; left++) {
		header->sequence = cpu_to_le64(max - left);
		*before = *header;
		assert_int_equal(dumpflt_header_touch(header), left > 0);
		dumpflt_header_seal(header);
		assert_null(dumpflt_header_check(header, 1 << 24, &geo));

		*header = *before;
		assert_int_equal(dumpflt_slot_collect(header, 0), left > 0);
		dumpflt_header_seal(header);
		assert_null(dumpflt_header_check(header, 1 << 24, &geo));

		/* a dump that is begun can be ended */
		*header = *before;
		assert_int_equal(dumpflt_header_is_spent(header), left < 2);
		assert_int_equal(dumpflt_slot_start(header, 1, session, 1), left >= 2);
		assert_int_equal(!memcmp(header, before, sizeof(*header)), left < 2);
		assert_int_equal(dumpflt_header_touch(header), left > 0);
		dumpflt_header_seal(header);
		assert_null(dumpflt_header_check(header, 1 << 24, &geo));
		*header = *before;
	}
	header->sequence = cpu_to_le64(1);
	for (left = 0; left < 2; left++) {
		header->sessions = cpu_to_le64(max - left);
		assert_int_equal(dumpflt_header_is_spent(header), !left);
		assert_int_equal(dumpflt_slot_start(header, 1, session, 1), left > 0);
		dumpflt_header_seal(header);
		assert_null(dumpflt_header_check(header, 1 << 24, &geo));
	}
	free(before);
	free(header);
}

/* A flag of its own, which who does not know it refuses; one slot, and always room */
static void test_hibernation(void **state)
{
	static const __u32 both = DUMPFLT_AREA_F_HIBERNATION | DUMPFLT_AREA_F_OVERWRITE;
	static const __u16 critical = DUMPFLT_POLICY_F_CRITICAL;
	static const char *const slot =
		"it is for hibernation, but not one slot that is written over";
	static const char *const origin =
		"it is for hibernation, and its policy has no critical filter 'age' with an origin";
	const struct {
		__u32 flags, slots;
		__u16 policy;
		const char *filter, *options, *wrong;
	} cases[] = {
		{ 0, 1, 0, "age", "", NULL },
		{ DUMPFLT_AREA_F_OVERWRITE, 1, 0, "age", "", NULL },
		{ both, 1, critical, "age", "origin=k", NULL },
		{ both, 1, critical, "age", "recipient=x\norigin=k\n", NULL },
		{ DUMPFLT_AREA_F_HIBERNATION, 1, critical, "age", "origin=k", slot },
		{ both, 2, critical, "age", "origin=k", slot },
		{ both, 1, 0, "age", "origin=k", origin },
		{ both, 1, critical, "agent", "origin=k", origin },
		{ both, 1, critical, "crypt", "origin=k", origin },
		{ both, 1, critical, "age", "", origin },
		{ both, 1, critical, "age", "origin=", origin },
		{ both, 1, critical, "age", "origin=\nx=y", origin },
		{ both, 1, critical, "age", "no_origin=k", origin },
		{ both, 1, critical, "age", "x=origin=k\norigin", origin },
		{ DUMPFLT_AREA_F_ALL + 1, 1, 0, "age", "", "it has unknown flags" },
		{ 1U << 31 | DUMPFLT_AREA_F_OVERWRITE, 1, 0, "age", "", "it has unknown flags" },
	};
	static const u8 uuid[16] = "0123456789abcdef";
	struct dumpflt_disk_header *header = calloc(1, sizeof(*header));
	struct dumpflt_geometry geo, got;
	const char *wrong;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		assert_null(dumpflt_geometry_make(&geo, 1 << 24, cases[i].slots, 64));
		dumpflt_header_init(header, &geo, uuid, 1, cases[i].flags);
		assert_null(dumpflt_policy_add(header, cases[i].filter, 10, cases[i].policy,
					       cases[i].options, strlen(cases[i].options)));
		dumpflt_header_seal(header);
		wrong = dumpflt_header_check(header, 1 << 24, &got);
		assert_int_equal(!wrong, !cases[i].wrong);
		if (wrong)
			assert_string_equal(wrong, cases[i].wrong);
		else
			assert_int_equal(dumpflt_header_hibernates(header),
					 !!(cases[i].flags & DUMPFLT_AREA_F_HIBERNATION));
	}
	/* what readers before this one knew: they refuse it */
	assert_true(DUMPFLT_AREA_F_HIBERNATION & ~(__u32)DUMPFLT_AREA_F_OVERWRITE);
	free(header);
}

/* Whoever may read may not write in another way than the policy says */
static void test_to_write(void **state)
{
	static const struct {
		const char *filter, *options, *left;
	} cases[] = {
		{ "age", "recipient=x\nfile_key=k\n", "recipient=x\n" },
		{ "age", "recipient=x\nfile_key=k", "recipient=x\n" },
		{ "age", "file_key=k\n", "" },
		{ "age", "file_key=a\nfile_key=b\n", "file_key=a\n" },
		{ "age", "", NULL },
		{ "age", "\n", NULL },
		{ "age", "file_key=\n", NULL },
		{ "age", "file_key=k\nrecipient=x\n", NULL },
		{ "age", "recipient=x\nnofile_key=k\n", NULL },
		{ "age", "recipient=x\nfile_key=k\n\n", NULL },
		{ "agent", "recipient=x\nfile_key=k\n", NULL },
		{ "crypt", "file_key=k\n", NULL },
	};
	const char *options, *left;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		options = cases[i].options;
		left = cases[i].left;
		if (!left)
			left = options;
		len = dumpflt_options_to_write(cases[i].filter, options, strlen(options));
		assert_int_equal(len, strlen(left));
	}
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_to_write),
	cmocka_unit_test(test_hibernation),
	cmocka_unit_test(test_last_numbers),
	cmocka_unit_test(test_geometry),
	cmocka_unit_test(test_names_its_place),
	cmocka_unit_test(test_counters),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
