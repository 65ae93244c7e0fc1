// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of reading dump areas: what is whole is found whole, to the byte,
 * and what only looks like it is not.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "area_fixture.h"
#include "lib/text.h"
#include "unit.h"

#define CHUNK	DUMPFLT_CHUNK_SIZE

static const struct area_writer_filter digest = { "digest", 0, 32, NULL };
static const struct area_writer_filter trace = { "trace", 0, 0, NULL };
static const struct area_writer_filter tags = { "tags", 0, 16, NULL };
static const struct area_writer_filter seal = {
	"seal", DUMPFLT_DISK_FILTER_F_CHANGES, 16, NULL
};

static const struct area_writer_filter left_out = {
	"digest", DUMPFLT_DISK_FILTER_F_LEFT_OUT, 32, NULL
};

static void expect_whole(struct fixture *f, __u32 slot)
{
	struct area_verdict verdict;

	assert_int_equal(fixture_verify(f, slot, &verdict), 0);
	assert_string_equal(verdict.problem, "");
	assert_true(verdict.complete);
	fixture_check_prefix(f, &verdict);
}

/* Not whole, for that reason, and the first @bytes of the dump come out */
static void expect_problem(struct fixture *f, __u32 slot, __u64 bytes,
			   const char *problem)
{
	struct area_verdict verdict;

	assert_int_equal(fixture_verify(f, slot, &verdict), 0);
	assert_string_equal(verdict.problem, problem);
	assert_false(verdict.complete);
	assert_int_equal(verdict.good_bytes, bytes);
	fixture_check_prefix(f, &verdict);
}

static void test_sizes(void **state)
{
	static const __u64 sizes[] = {
		0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 70 * CHUNK + 5,
	};
	static const __u32 records[] = { 16, 64, 2048 };
	struct fixture f;
	size_t i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(records); i++) {
		fixture_make(&f, 40 << 20, 7, records[i]);
		for (j = 0; j < ARRAY_SIZE(sizes); j++)
			expect_whole(&f, fixture_dump(&f, sizes[j], NULL, 0,
						      FIXTURE_COMPLETE));
		fixture_free(&f);
	}
}

/* The last chunk that a slot can hold, in the last slot */
static void test_full(void **state)
{
	struct fixture f;
	__u64 most;

	(void)state;
	fixture_make(&f, 20 * FIXTURE_UNIT + 17, 2, 16);
	most = (__u64)(f.geo.slot_chunks - 1) * CHUNK;
	assert_int_equal(fixture_dump(&f, 1, NULL, 0, FIXTURE_COMPLETE), 0);
	expect_whole(&f, 0);
	assert_int_equal(fixture_dump(&f, most, NULL, 0, FIXTURE_COMPLETE), 1);
	expect_whole(&f, 1);
	fixture_free(&f);
}

static void test_filters(void **state)
{
	const struct area_writer_filter lists[][4] = {
		{ digest }, { trace, digest }, { tags, trace, digest },
		{ digest, tags }, { left_out, tags },
	};
	static const __u32 nr[] = { 1, 2, 3, 2, 2 };
	struct fixture f;
	size_t i;

	(void)state;
	fixture_make(&f, 8 << 20, 5, 128);
	for (i = 0; i < ARRAY_SIZE(nr); i++)
		expect_whole(&f, fixture_dump(&f, 3 * CHUNK + 7, lists[i],
					      nr[i], FIXTURE_COMPLETE));
	fixture_free(&f);
}

/* What comes out is what is on the disk: nobody here can undo the filter */
static void test_changed(void **state)
{
	const struct area_writer_filter lists[][2] = {
		{ seal, digest }, { digest, seal },
	};
	struct area_verdict verdict;
	struct fixture f;
	__u32 slot;
	size_t i;

	(void)state;
	fixture_make(&f, 8 << 20, 3, 64);
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		slot = fixture_dump(&f, 2 * CHUNK, lists[i], 2, FIXTURE_COMPLETE);
		assert_int_equal(fixture_verify(&f, slot, &verdict), 0);
		assert_true(verdict.complete);
		assert_int_equal(f.got_size, f.data_size);
		assert_int_equal(f.got[0], f.data[0] ^ 0xff);
	}
	/* the trailer is there, but who would know? */
	slot = fixture_dump(&f, 2 * CHUNK, lists[0], 2, FIXTURE_TORN);
	assert_int_equal(fixture_verify(&f, slot, &verdict), 0);
	assert_false(verdict.complete || verdict.size_known);
	assert_int_equal(verdict.good_chunks, 3);
	fixture_free(&f);
}

static void test_not_complete(void **state)
{
	struct area_verdict verdict;
	struct fixture f;
	__u32 slot;

	(void)state;
	fixture_make(&f, 8 << 20, 4, 64);
	slot = fixture_dump(&f, 2 * CHUNK + 100, NULL, 0, FIXTURE_NO_TRAILER);
	expect_problem(&f, slot, 2 * CHUNK + 100,
		       "the dump is torn: it has no receipt (there is none)");
	slot = fixture_dump(&f, 2 * CHUNK + 100, NULL, 0, FIXTURE_TORN);
	expect_problem(&f, slot, 2 * CHUNK + 100,
		       "the dump is torn: it has no receipt (there is none)");
	assert_int_equal(fixture_verify(&f, slot, &verdict), 0);
	assert_true(verdict.size_known && verdict.dump_size == f.data_size);
	slot = fixture_dump(&f, CHUNK, NULL, 0, FIXTURE_FAILED);
	expect_problem(&f, slot, CHUNK, "the dump is FAILED: it had to fail");
	expect_problem(&f, 3, 0, "the slot is empty");
	fixture_free(&f);
}

/* Two receipts that are valid in themselves: the one that claims less counts */
static void test_contradiction(void **state)
{
	struct area_slot loaded;
	struct fixture f;
	struct area area;
	unsigned int copy;
	__u32 slot;

	(void)state;
	for (copy = 0; copy < 2; copy++) {
		fixture_make(&f, 4 << 20, 1, 64);
		slot = fixture_dump(&f, CHUNK, NULL, 0, FIXTURE_COMPLETE);
		fixture_receipt(&f, slot, copy)->state =
			cpu_to_le32(DUMPFLT_SLOT_INTERRUPTED);
		memset(fixture_receipt(&f, slot, copy)->digest, 0, 32);
		dumpflt_receipt_seal(fixture_receipt(&f, slot, copy));
		expect_problem(&f, slot, CHUNK,
			       "its two receipts contradict each other");
		assert_int_equal(area_load(&area, &f.io), 0);
		assert_int_equal(area_slot_load(&area, slot, &loaded), 0);
		assert_int_equal(loaded.state, DUMPFLT_SLOT_INTERRUPTED);
		area_slot_unload(&loaded);
		area_unload(&area);
		fixture_free(&f);
	}
}

/* Receipts that are valid in themselves, and lie */
static void test_false_receipts(void **state)
{
	struct dumpflt_disk_receipt *receipt, good;
	struct fixture f;
	__u32 slot;

	(void)state;
	fixture_make(&f, 4 << 20, 1, 64);
	slot = fixture_dump(&f, CHUNK + 9, &digest, 1, FIXTURE_COMPLETE);
	receipt = fixture_receipt(&f, slot, 0);
	good = *receipt;

	receipt->digest[5] ^= 1;
	fixture_seal_receipts(&f, slot);
	expect_problem(&f, slot, CHUNK + 9,
		       "the receipt's digest does not match what it is over");
	*receipt = good;
	receipt->filters[0].meta_digest[31] ^= 1;
	fixture_seal_receipts(&f, slot);
	expect_problem(&f, slot, CHUNK + 9,
		       "the receipt's digest for filter 'digest' is wrong");
	*receipt = good;
	receipt->filters[0].flags = cpu_to_le32(DUMPFLT_DISK_FILTER_F_CRITICAL);
	fixture_seal_receipts(&f, slot);
	expect_problem(&f, slot, CHUNK + 9,
		       "receipt and filter metadata name different filters");
	*receipt = good;
	memset(&receipt->filters[0], 0, sizeof(receipt->filters[0]));
	receipt->nr_filters = 0;
	fixture_seal_receipts(&f, slot);
	expect_problem(&f, slot, CHUNK + 9,
		       "receipt and filter metadata name different filters");
	*receipt = good;
	receipt->dump_size = cpu_to_le64(CHUNK + 8);
	fixture_seal_receipts(&f, slot);
	expect_problem(&f, slot, CHUNK + 8,
		       "its last chunk is not the trailer of this dump");
	*receipt = good;
	fixture_seal_receipts(&f, slot);
	expect_whole(&f, slot);
	fixture_free(&f);
}

/* A chunk that was changed together with its record */
static void test_false_record(void **state)
{
	const struct area_writer_filter *filters[] = { NULL, &digest };
	static const char * const problems[] = {
		"the receipt's digest does not match what it is over",
		"chunk 1, at byte 65536 of the dump: its bytes do not have the digest in its record",
	};
	struct area_verdict verdict;
	unsigned char *chunk;
	struct fixture f;
	__u32 i, slot;

	(void)state;
	for (i = 0; i < 2; i++) {
		fixture_make(&f, 4 << 20, 1, 64);
		slot = fixture_dump(&f, 3 * CHUNK, filters[i], i, FIXTURE_COMPLETE);
		chunk = f.image + dumpflt_geometry_chunk(&f.geo, slot, 1);
		chunk[99] ^= 1;
		dumpflt_record_seal(f.image + dumpflt_geometry_record(&f.geo, slot, 1),
				    64, f.image + dumpflt_geometry_fmeta(&f.geo, slot) + 16,
				    1, dumpflt_format_crc(0, chunk, CHUNK));
		assert_int_equal(fixture_verify(&f, slot, &verdict), 0);
		assert_false(verdict.complete);
		assert_string_equal(verdict.problem, problems[i]);
		assert_int_equal(verdict.good_chunks, i ? 1 : 4);
		fixture_free(&f);
	}
}

static void test_cannot_read(void **state)
{
	struct area_slot loaded;
	struct fixture f;
	struct area area;
	__u32 slot;

	(void)state;
	fixture_make(&f, 40 << 20, 1, 64);
	slot = fixture_dump(&f, 200 * CHUNK, NULL, 0, FIXTURE_COMPLETE);
	f.bad_from = dumpflt_geometry_chunk(&f.geo, slot, 7) + 512;
	f.bad_to = f.bad_from + 512;
	expect_problem(&f, slot, 7 * CHUNK,
		       "chunk 7, at byte 458752 of the dump: it cannot be read");
	/* a block has 64 records: those before it are still good */
	f.bad_from = dumpflt_geometry_record(&f.geo, slot, 130);
	f.bad_to = f.bad_from + 1;
	expect_problem(&f, slot, 128 * CHUNK,
		       "chunk 128, at byte 8388608 of the dump: its record cannot be read");
	f.bad_from = dumpflt_geometry_receipt(&f.geo, slot, 0);
	f.bad_to = f.bad_from + 512;
	expect_whole(&f, slot);
	f.bad_to = dumpflt_geometry_receipt(&f.geo, slot, 1) + 1;
	expect_problem(&f, slot, f.data_size,
		       "both copies of its receipt are damaged: it was complete or not (it cannot be read)");
	f.bad_from = dumpflt_geometry_fmeta(&f.geo, slot);
	f.bad_to = f.bad_from + 1;
	expect_problem(&f, slot, 0,
		       "its filter metadata is no good: it cannot be read");
	f.bad_from = 0;
	f.bad_to = 512;
	expect_whole(&f, slot);
	f.bad_to = f.size;
	assert_int_equal(area_load(&area, &f.io), -ENOENT);
	assert_string_equal(area.wrong[1], "it cannot be read");
	f.bad_to = 0;
	assert_int_equal(area_load(&area, &f.io), 0);
	assert_int_equal(area_slot_load(&area, 1, &loaded), -ERANGE);
	area_unload(&area);
	fixture_free(&f);
}

static void test_headers(void **state)
{
	struct dumpflt_disk_header *a, *b;
	struct fixture f, other;
	struct area area;

	(void)state;
	fixture_make(&f, 4 << 20, 2, 64);
	fixture_make(&other, 8 << 20, 2, 64);
	a = (void *)f.image;
	b = (void *)(f.image + dumpflt_geometry_header(&f.geo, 1));
	/* a whole header, but of a larger area */
	memcpy(a, other.image, sizeof(*a));
	assert_int_equal(area_load(&area, &f.io), 0);
	assert_int_equal(area.copy, 1);
	assert_string_equal(area.wrong[0],
			    "the area is larger than the device that holds it");
	assert_null(area.wrong[1]);
	area_unload(&area);
	/* of another area of the same size */
	memcpy(a, b, sizeof(*a));
	a->fixed.uuid[0] ^= 1;
	dumpflt_header_seal(a);
	assert_int_equal(area_load(&area, &f.io), -EBADMSG);
	assert_string_equal(area.wrong[0], "the two headers are of different areas");
	/* B is where A should be, and A is nowhere */
	memcpy(a, b, sizeof(*a));
	memset(b, 0, sizeof(*b));
	assert_int_equal(area_load(&area, &f.io), 0);
	assert_int_equal(area.copy, 0);
	area_unload(&area);
	/* whole, but of a smaller area, which does not end here */
	memset(other.image, 0, sizeof(*a));
	memcpy(other.image + dumpflt_geometry_header(&other.geo, 1), a, sizeof(*a));
	assert_int_equal(area_load(&area, &other.io), -EBADMSG);
	assert_string_equal(area.wrong[1], "it is not in its place");
	memset(a, 0, sizeof(*a));
	assert_int_equal(area_load(&area, &f.io), -ENOENT);
	f.io.size = 1000;
	assert_int_equal(area_load(&area, &f.io), -ENOENT);
	fixture_free(&other);
	fixture_free(&f);
}

static int stop_after_two(void *ctx, __u64 done, __u64 total)
{
	*(__u64 *)ctx = total;
	return done == 2 ? -EINTR : 0;
}

static void test_stopped(void **state)
{
	__u64 total = 0;
	const struct area_scan wanted = {
		.progress = stop_after_two,
		.ctx = &total,
	};
	struct area_verdict verdict;
	struct area_slot slot;
	struct fixture f;
	struct area area;

	(void)state;
	fixture_make(&f, 4 << 20, 1, 64);
	fixture_dump(&f, 9 * CHUNK, NULL, 0, FIXTURE_COMPLETE);
	f.stop_at = 3;
	assert_int_equal(fixture_verify(&f, 0, &verdict), -ECANCELED);
	assert_false(verdict.complete);
	assert_int_equal(f.calls, 3);
	assert_int_equal(area_load(&area, &f.io), 0);
	assert_int_equal(area_slot_load(&area, 0, &slot), 0);
	assert_int_equal(area_scan(&area, &slot, &wanted, &verdict), -EINTR);
	assert_false(verdict.complete);
	assert_int_equal(total, 10);
	area_slot_unload(&slot);
	area_unload(&area);
	fixture_free(&f);
}

/* How many chunks of slot 0 are read is counted in calls */
static int read_counted(void *ctx, void *buf, size_t len, __u64 offset)
{
	struct fixture *f = ctx;

	if (len == CHUNK && offset >= dumpflt_geometry_chunk(&f->geo, 0, 0) &&
	    offset < dumpflt_geometry_record(&f->geo, 0, 0))
		f->calls++;
	memcpy(buf, f->image + offset, len);
	return 0;
}

/* Returns: bad chunks that were found in slot 0; f->calls chunks were read */
static __u64 scan_counted(struct fixture *f, bool all)
{
	const struct area_scan wanted = { .all = all };
	struct area_verdict verdict;
	struct area_slot slot;
	struct area area;

	f->io.read = read_counted;
	assert_int_equal(area_load(&area, &f->io), 0);
	assert_int_equal(area_slot_load(&area, 0, &slot), 0);
	f->calls = 0;
	assert_int_equal(area_scan(&area, &slot, &wanted, &verdict), 0);
	assert_false(verdict.complete);
	area_slot_unload(&slot);
	area_unload(&area);
	return verdict.bad_chunks;
}

/* A bad chunk says it all, unless the others are to be counted */
static void test_first_bad(void **state)
{
	static const struct area_writer_filter lie = { "crypt", 0, 0, NULL };
	struct fixture f;

	(void)state;
	fixture_make(&f, 4 << 20, 1, 64);
	fixture_dump(&f, 9 * CHUNK, NULL, 0, FIXTURE_COMPLETE);
	f.image[dumpflt_geometry_chunk(&f.geo, 0, 2)] ^= 1;
	f.image[dumpflt_geometry_chunk(&f.geo, 0, 7)] ^= 1;
	assert_int_equal(scan_counted(&f, false), 1);
	assert_int_equal(f.calls, 3);
	assert_int_equal(scan_counted(&f, true), 2);
	assert_int_equal(f.calls, 10);
	fixture_free(&f);
	/* nothing is given out, whatever the chunks are */
	fixture_make(&f, 4 << 20, 1, 64);
	fixture_dump(&f, 9 * CHUNK, &lie, 1, FIXTURE_COMPLETE);
	assert_int_equal(scan_counted(&f, false), 0);
	assert_int_equal(f.calls, 0);
	fixture_free(&f);
}

/* A small area that was put in front of another one must not hide it, nor its policy */
static void test_two_areas(void **state)
{
	static const __u8 uuid[16] = "another area";
	static struct dumpflt_disk_header header;
	struct dumpflt_geometry geo;
	struct fixture f;
	struct area area;

	(void)state;
	fixture_make(&f, 1 << 21, 2, 128);
	assert_null(dumpflt_geometry_make(&geo, 1 << 20, 1, 64));
	dumpflt_header_init(&header, &geo, uuid, 1, 0);
	assert_int_equal(area_create(&f.io, &header, &geo), 0);
	assert_int_equal(area_load(&area, &f.io), -EBADMSG);
	assert_int_equal(strncmp(area.wrong[0], "another dump area ends where", 28), 0);
	area_unload(&area);
	/* a damaged one, too */
	f.image[(1 << 21) - DUMPFLT_AREA_UNIT + 100] ^= 1;
	assert_int_equal(area_load(&area, &f.io), -EBADMSG);
	area_unload(&area);
	/* zeros over either end leave the other one */
	memset(f.image + (1 << 21) - DUMPFLT_AREA_UNIT, 0, DUMPFLT_AREA_UNIT);
	assert_int_equal(area_load(&area, &f.io), 0);
	assert_memory_equal(area.header->fixed.uuid, uuid, sizeof(uuid));
	area_unload(&area);
	fixture_free(&f);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_two_areas),
	cmocka_unit_test(test_sizes),
	cmocka_unit_test(test_full),
	cmocka_unit_test(test_filters),
	cmocka_unit_test(test_changed),
	cmocka_unit_test(test_not_complete),
	cmocka_unit_test(test_contradiction),
	cmocka_unit_test(test_false_receipts),
	cmocka_unit_test(test_false_record),
	cmocka_unit_test(test_cannot_read),
	cmocka_unit_test(test_headers),
	cmocka_unit_test(test_stopped),
	cmocka_unit_test(test_first_bad),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
