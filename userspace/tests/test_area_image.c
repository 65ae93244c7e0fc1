// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose image is it? Whoever can write to the disk may seal one to the public key, mend
 * every checksum, and make every digest fit. What he has not is the machine's key, and so
 * not a byte of what he made is given out.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "age/slot.h"
#include "age_key.h"
#include "area_fixture.h"
#include "area_mend.h"
#include "lib/text.h"
#include "unit.h"

#define SIZE		1048576
#define IMAGE		(4 * DUMPFLT_CHUNK_SIZE + 4096)
#define CHUNKS		6	/* of it, trailer included */

#define NEEDED		"it cannot be judged: the machine's origin key is needed (--origin)"
#define FORGED		"its MAC is wrong: it was not written by the session that sealed the dump"
#define RECORDS		"its records are not those that its receipt is about"
#define RECORD		"a record of it is missing or damaged"

static const __u8 machine[DUMPFLT_AGE_ORIGIN] = "the key that this machine has..";
static const __u8 another[DUMPFLT_AGE_ORIGIN] = "the key that another one has...";
static struct age_identities ids;

static int read_key(void **state)
{
	(void)state;
	return age_key_get(&ids);
}

/* Who looks at it has this key of a machine, or none */
static void look_with(const __u8 *origin)
{
	ids.has_origin = origin;
	if (origin)
		memcpy(ids.origin, origin, sizeof(ids.origin));
	else
		memset(ids.origin, 0, sizeof(ids.origin));
}

/* An image by who has this key of a machine, or none: the public one everybody has */
static void make_image(struct fixture *f, const __u8 *origin)
{
	struct age_writer age;
	const struct area_writer_filter filter = AREA_WRITER_AGE(&age);

	age_writer_start(&age, &age_key_recipient, 1);
	age.origin = origin;
	assert_int_equal(fixture_dump(f, IMAGE, &filter, 1, FIXTURE_COMPLETE), 0);
}

static int take(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct fixture *f = ctx;

	assert_int_equal(offset, f->got_size);
	assert_memory_equal(data, f->data + offset, len);
	f->got_size += len;
	return 0;
}

/* As a resume does: nothing is given out before all of this has been looked at */
static const char *judge(struct fixture *f)
{
	static struct area_verdict verdict;
	struct age_slot sealed = { 0 };
	const struct area_scan wanted = { .sink = take, .ctx = f, .opener = &sealed.opener };
	struct area_slot slot;
	struct area area;
	const char *wrong;

	f->got_size = 0;
	assert_int_equal(area_load(&area, &f->io), 0);
	assert_int_equal(area_slot_load(&area, 0, &slot), 0);
	assert_true(slot.image);
	wrong = age_slot_open(&sealed, &slot, &ids);
	if (!wrong)
		wrong = area_image_check(&area, &slot, &sealed.opener);
	if (!wrong) {
		assert_int_equal(area_scan(&area, &slot, &wanted, &verdict), 0);
		wrong = verdict.complete && verdict.authentic ? NULL : verdict.problem;
	}
	age_slot_wipe(&sealed);
	area_slot_unload(&slot);
	area_unload(&area);
	return wrong;
}

static void refused(struct fixture *f, const char *words)
{
	const char *wrong = judge(f);

	assert_non_null(wrong);
	assert_string_equal(wrong, words);
	assert_int_equal(f->got_size, 0);
}

/**
 * struct pair - who made an image, and who looks at it
 * @made: key of the machine that it was made with, or NULL
 * @looked: likewise, looked at with
 * @wrong: what is said of it, NULL if it is good
 */
static const struct pair {
	const __u8	*made;
	const __u8	*looked;
	const char	*wrong;
} pairs[] = {
	{ machine, machine, NULL },
	{ machine, another, FORGED },
	{ machine, NULL, NEEDED },
	/* sealed to the public key alone */
	{ NULL, machine, FORGED },
	{ NULL, NULL, NEEDED },
	{ another, machine, FORGED },
};

static void test_whose(void **state)
{
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		fixture_make_image(&f, SIZE);
		make_image(&f, pairs[i].made);
		look_with(pairs[i].looked);
		if (pairs[i].wrong) {
			refused(&f, pairs[i].wrong);
		} else {
			assert_null(judge(&f));
			assert_int_equal(f.got_size, f.data_size);
		}
		fixture_free(&f);
	}
}

/* The right key, and every bit of it another one */
static void test_each_bit(void **state)
{
	struct fixture f;
	int bit;

	(void)state;
	fixture_make_image(&f, SIZE);
	make_image(&f, machine);
	for (bit = 0; bit < 8 * DUMPFLT_AGE_ORIGIN; bit++) {
		look_with(machine);
		ids.origin[bit / 8] ^= (unsigned char)(1 << bit % 8);
		refused(&f, FORGED);
	}
	look_with(machine);
	assert_null(judge(&f));
	fixture_free(&f);
}

/* One byte of each part, all that needs no key mended: told before the first chunk is given out */
static void test_parts(void **state)
{
	const struct dumpflt_disk_header *header;
	unsigned char *record;
	struct fixture f;
	__u64 chunk;

	(void)state;
	look_with(machine);
	fixture_make_image(&f, SIZE);
	for (chunk = 0; chunk < CHUNKS; chunk++) {
		make_image(&f, machine);
		/* both know the session */
		header = (void *)(f.image + dumpflt_geometry_header(&f.geo, 0));
		record = f.image + dumpflt_geometry_record(&f.geo, 0, chunk);
		record[8] ^= 1;
		refused(&f, RECORD);
		/* sound in itself, and of this session */
		dumpflt_record_seal(record, 64, header->slots[0].session, chunk,
				    dumpflt_record_crc(record));
		refused(&f, RECORDS);
	}
	make_image(&f, machine);
	fixture_receipt(&f, 0, 0)->dump_size = cpu_to_le64(IMAGE - 1);
	fixture_seal_receipts(&f, 0);
	refused(&f, FORGED);
	make_image(&f, machine);
	f.bad_from = dumpflt_geometry_record(&f.geo, 0, 2);
	f.bad_to = f.bad_from + 1;
	refused(&f, "its records cannot be read");
	fixture_free(&f);
}

/* A chunk that was exchanged is told by its tag, behind what is right before it */
static void test_chunk(void **state)
{
	const char *wrong;
	struct fixture f;

	(void)state;
	look_with(machine);
	fixture_make_image(&f, SIZE);
	make_image(&f, machine);
	f.image[dumpflt_geometry_chunk(&f.geo, 0, 3)] ^= 1;
	wrong = judge(&f);
	assert_non_null(wrong);
	assert_true(f.got_size <= 3 * DUMPFLT_CHUNK_SIZE);
	fixture_free(&f);
}

static void test_contradiction(void **state)
{
	struct fixture f;

	(void)state;
	look_with(machine);
	fixture_make_image(&f, SIZE);
	make_image(&f, machine);
	fixture_receipt(&f, 0, 1)->ended = cpu_to_le64(1);
	dumpflt_receipt_seal(fixture_receipt(&f, 0, 1));
	refused(&f, "its two receipts contradict each other");
	fixture_free(&f);
}

/* An image that is put into another area, for crash dumps, is none */
static void test_no_image(void **state)
{
	struct age_slot sealed = { 0 };
	struct area_slot slot;
	struct fixture f;
	struct area area;

	(void)state;
	look_with(machine);
	fixture_make(&f, SIZE, 1, 64);
	make_image(&f, machine);
	assert_int_equal(area_load(&area, &f.io), 0);
	assert_int_equal(area_slot_load(&area, 0, &slot), 0);
	assert_string_equal(age_slot_open(&sealed, &slot, &ids),
			    "it is no hibernation image, and has no origin");
	assert_string_equal(area_image_check(&area, &slot, &sealed.opener),
			    "its dump area is not for hibernation");
	age_slot_wipe(&sealed);
	area_slot_unload(&slot);
	area_unload(&area);
	fixture_free(&f);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_whose),
	cmocka_unit_test(test_each_bit),
	cmocka_unit_test(test_parts),
	cmocka_unit_test(test_chunk),
	cmocka_unit_test(test_contradiction),
	cmocka_unit_test(test_no_image),
};

int main(void)
{
	return cmocka_run_group_tests(tests, read_key, NULL);
}
