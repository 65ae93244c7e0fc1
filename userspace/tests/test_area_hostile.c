// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Dump areas with bytes that nobody wrote: whatever they are, what comes out
 * is the beginning of the dump, COMPLETE means all of it, and nothing crashes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdlib.h>
#include <string.h>

#include "area_fixture.h"
#include "lib/text.h"
#include "unit.h"

#define CHUNK	DUMPFLT_CHUNK_SIZE
#define ROUNDS	2000

static const struct area_writer_filter digest = { "digest", 0, 32, NULL };

/* Repeatable */
static __u32 random_number(void)
{
	static __u64 seed = 88172645463325252ULL;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (__u32)(seed >> 32);
}

/* Looks at everything, as a command would; there may be no area at all */
static void look(struct fixture *f)
{
	struct area_verdict verdict;
	struct area_slot slot;
	struct area area;
	__u32 i;

	if (area_load(&area, &f->io))
		return;
	for (i = 0; i < area.geo.nr_slots; i++) {
		assert_int_equal(area_slot_load(&area, i, &slot), 0);
		assert_int_equal(area_verify(&area, &slot, NULL, NULL, &verdict), 0);
		assert_int_equal(verdict.complete, !verdict.problem[0]);
		area_slot_unload(&slot);
	}
	area_unload(&area);
}

/* Of the slot with the dump: what is left of it; other slots say nothing */
static void look_at_dump(struct fixture *f)
{
	struct area_verdict verdict;
	struct area area;
	bool there;

	there = !area_load(&area, &f->io) &&
		le32_to_cpu(area.header->slots[0].state) != DUMPFLT_SLOT_EMPTY;
	area_unload(&area);
	if (!there)
		return;
	assert_int_equal(fixture_verify(f, 0, &verdict), 0);
	fixture_check_prefix(f, &verdict);
}

/* One of the places where a changed byte means something */
static unsigned char *choose_place(struct fixture *f, size_t *len)
{
	switch (random_number() % 7) {
	case 0:
		*len = sizeof(struct dumpflt_disk_header);
		return f->image;
	case 1:
		*len = sizeof(struct dumpflt_disk_header);
		return f->image + dumpflt_geometry_header(&f->geo, 1);
	case 2:
		*len = 256;
		return f->image + dumpflt_geometry_fmeta(&f->geo, 0);
	case 3:
		*len = 6 * f->geo.record_size;
		return f->image + dumpflt_geometry_record(&f->geo, 0, 0);
	case 4:
		*len = sizeof(struct dumpflt_disk_receipt);
		return f->image + dumpflt_geometry_receipt(&f->geo, 0, 0);
	case 5:
		*len = sizeof(struct dumpflt_disk_receipt);
		return f->image + dumpflt_geometry_receipt(&f->geo, 0, 1);
	default:
		*len = 6 * CHUNK;
		return f->image + dumpflt_geometry_chunk(&f->geo, 0, 0);
	}
}

/* Bytes changed, pieces moved elsewhere, the end cut off */
static void spoil(struct fixture *f)
{
	unsigned char *from, *to;
	size_t len, from_len;
	__u32 how = random_number() % 8;

	to = choose_place(f, &len);
	to += random_number() % len;
	if (how < 5) {
		*to ^= (unsigned char)(1 + random_number() % 255);
	} else if (how < 7) {
		from = choose_place(f, &from_len);
		len = 1 + random_number() % 4096;
		if (len > (size_t)(f->image + f->size - to))
			len = (size_t)(f->image + f->size - to);
		if (len > (size_t)(f->image + f->size - from))
			len = (size_t)(f->image + f->size - from);
		memmove(to, from, len);
	} else {
		f->io.size = random_number() % f->size;
	}
}

static void test_spoiled(void **state)
{
	static const enum fixture_end ends[] = {
		FIXTURE_COMPLETE, FIXTURE_TORN, FIXTURE_NO_TRAILER,
		FIXTURE_FAILED,
	};
	unsigned char *good;
	struct fixture f;
	size_t i, j, times;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		fixture_make(&f, 1 << 20, 1, 64);
		fixture_dump(&f, 4 * CHUNK + 1000, &digest, 1, ends[i]);
		good = malloc(f.size);
		assert_non_null(good);
		memcpy(good, f.image, f.size);
		for (j = 0; j < ROUNDS / ARRAY_SIZE(ends); j++) {
			for (times = 1 + random_number() % 3; times; times--)
				spoil(&f);
			look_at_dump(&f);
			memcpy(f.image, good, f.size);
			f.io.size = f.size;
		}
		free(good);
		fixture_free(&f);
	}
}

/* A few words of a structure take values that somebody may have chosen well */
static void forge(void *what, size_t len)
{
	static const __u64 values[] = {
		0, 1, 2, 63, 64, 65, 4095, 4096, 65535, 65536, 0x7fffffff,
		0x80000000, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000,
		0xffffffffffffffff, 0xffffffffffff0000, 128, 16, 17,
	};
	__u64 value = values[random_number() % ARRAY_SIZE(values)];
	size_t size = 1U << random_number() % 4;
	size_t at = random_number() % (len / size) * size;

	value = cpu_to_le64(value);
	memcpy((char *)what + at, &value, size);
}

/* Checksums that are right keep out chance only */
static void seal(struct fixture *f)
{
	struct dumpflt_disk_header *a = (void *)f->image;
	struct dumpflt_disk_header *b = (void *)(f->image +
					dumpflt_geometry_header(&f->geo, 1));
	struct dumpflt_disk_fmeta_head *head = (void *)(f->image +
					dumpflt_geometry_fmeta(&f->geo, 0));

	dumpflt_header_seal(a);
	dumpflt_header_seal(b);
	if (le32_to_cpu(head->used) >= sizeof(*head) &&
	    le32_to_cpu(head->used) <= DUMPFLT_AREA_UNIT)
		dumpflt_fmeta_seal(head);
	dumpflt_receipt_seal(fixture_receipt(f, 0, 0));
	dumpflt_receipt_seal(fixture_receipt(f, 0, 1));
}

static void test_forged(void **state)
{
	unsigned char *good, *place;
	struct fixture f;
	size_t i, len, times;

	(void)state;
	fixture_make(&f, 1 << 20, 1, 64);
	fixture_dump(&f, 4 * CHUNK + 1000, &digest, 1, FIXTURE_COMPLETE);
	good = malloc(f.size);
	assert_non_null(good);
	memcpy(good, f.image, f.size);
	for (i = 0; i < ROUNDS; i++) {
		for (times = 1 + random_number() % 4; times; times--) {
			place = choose_place(&f, &len);
			/* where the fields are */
			forge(place, len < 400 ? len : 400);
		}
		seal(&f);
		look(&f);
		memcpy(f.image, good, f.size);
	}
	free(good);
	fixture_free(&f);
}

static void test_garbage(void **state)
{
	struct fixture f;
	size_t i, j;

	(void)state;
	fixture_make(&f, 1 << 20, 2, 16);
	for (i = 0; i < 20; i++) {
		for (j = i ? sizeof(struct dumpflt_disk_header) : 0; j < f.size; j++)
			f.image[j] = (unsigned char)random_number();
		/* a header that was left, with slots that lead into the garbage */
		if (i) {
			struct dumpflt_disk_header *header = (void *)f.image;
			__u8 session[16] = { (__u8)i };

			dumpflt_header_init(header, &f.geo, session, 1, 0);
			for (j = 0; j < 2; j++)
				assert_true(dumpflt_slot_start(header, (__u32)j, session, 1));
			dumpflt_header_seal(header);
		}
		look(&f);
	}
	fixture_free(&f);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_spoiled),
	cmocka_unit_test(test_forged),
	cmocka_unit_test(test_garbage),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
