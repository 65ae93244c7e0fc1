// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of what is made of the headers of a dump area that its owner has
 * changed: two that contradict each other, one that hides another, one that names a
 * dump of which nothing is there; and no header is written that readers refuse.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <string.h>

#include "area_fixture.h"
#include "lib/text.h"
#include "unit.h"

#define SIZE		(64 * FIXTURE_UNIT)
#define SMALL		(16 * FIXTURE_UNIT)

static const char contradict[] =
	"the newer one of its two headers counts fewer dumps than the older one";
static const char other[] =
	"another dump area ends where the device ends: which of them is meant?";
static const char unread[] =
	"the last 64 KiB of the device cannot be read: another dump area may end there";
static const char zeros[] =
	"zeros over the last 64 KiB of the device remove that one, over the first 64 KiB";

static const __u8 first[16] = "the first dump!";
static const __u8 second[16] = "the second dump";

static struct dumpflt_disk_header *header_of(struct fixture *f, unsigned int copy)
{
	return (void *)(f->image + dumpflt_geometry_header(&f->geo, copy));
}

static void set_slot(struct dumpflt_disk_header *header, __u32 state, __u64 number,
		     const __u8 *session)
{
	header->slots[0].state = cpu_to_le32(state);
	header->slots[0].number = cpu_to_le64(number);
	memcpy(header->slots[0].session, session, 16);
}

/* Header A is newer, and names the second dump; B knows the first, which was released */
static void make_pair(struct fixture *f)
{
	struct dumpflt_disk_header *a, *b;

	fixture_make(f, SIZE, 1, 64);
	a = header_of(f, 0);
	b = header_of(f, 1);
	a->sequence = cpu_to_le64(100);
	a->sessions = cpu_to_le64(2);
	set_slot(a, DUMPFLT_SLOT_STARTED, 2, second);
	b->sequence = cpu_to_le64(99);
	b->sessions = cpu_to_le64(1);
	set_slot(b, DUMPFLT_SLOT_COLLECTED, 1, first);
	dumpflt_header_seal(a);
	dumpflt_header_seal(b);
}

/* What the slot is said to be, and whether a dump was begun there that did not come */
static void expect_slot(struct fixture *f, __u32 state, bool unbegun)
{
	struct area_slot slot;
	struct area area;

	assert_int_equal(area_load(&area, &f->io), 0);
	assert_int_equal(area_slot_load(&area, 0, &slot), 0);
	assert_int_equal(slot.state, state);
	assert_int_equal(!!slot.unbegun, unbegun);
	if (unbegun)
		assert_memory_equal(slot.unbegun->session, second, sizeof(second));
	area_slot_unload(&slot);
	area_unload(&area);
}

static void put_metadata(struct fixture *f, const __u8 *session)
{
	void *region = f->image + dumpflt_geometry_fmeta(&f->geo, 0);

	dumpflt_fmeta_begin(region, session);
	dumpflt_fmeta_seal(region);
}

static void test_unbegun(void **state)
{
	struct fixture f;

	(void)state;
	make_pair(&f);
	expect_slot(&f, DUMPFLT_SLOT_COLLECTED, true);
	put_metadata(&f, first);
	expect_slot(&f, DUMPFLT_SLOT_COLLECTED, true);
	/* what cannot be read, or is damaged, may be that of the second dump */
	f.bad_from = dumpflt_geometry_fmeta(&f.geo, 0);
	f.bad_to = f.bad_from + 1;
	expect_slot(&f, DUMPFLT_SLOT_STARTED, false);
	f.bad_to = 0;
	f.image[dumpflt_geometry_fmeta(&f.geo, 0) + 20] ^= 1;
	expect_slot(&f, DUMPFLT_SLOT_STARTED, false);
	put_metadata(&f, second);
	expect_slot(&f, DUMPFLT_SLOT_STARTED, false);
	/* with one header nobody knows what was there */
	put_metadata(&f, first);
	memset(header_of(&f, 1), 0, sizeof(struct dumpflt_disk_header));
	expect_slot(&f, DUMPFLT_SLOT_STARTED, false);
	fixture_free(&f);
}

/* An older header whose slot has a newer dump, or this very one, is made up */
static void test_forged_older(void **state)
{
	static const __u64 numbers[] = { 2, 3, 1000 };
	struct dumpflt_disk_header *a, *b;
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		make_pair(&f);
		a = header_of(&f, 0);
		b = header_of(&f, 1);
		a->sessions = cpu_to_le64(1000);
		b->sessions = cpu_to_le64(1000);
		set_slot(b, DUMPFLT_SLOT_COLLECTED, numbers[i], first);
		dumpflt_header_seal(a);
		dumpflt_header_seal(b);
		expect_slot(&f, DUMPFLT_SLOT_STARTED, false);
		fixture_free(&f);
	}
}

static void expect_refused(struct fixture *f, const char *a, const char *b)
{
	struct area area;

	assert_int_equal(area_load(&area, &f->io), -EBADMSG);
	assert_string_equal(area.wrong[0], a);
	assert_int_equal(strncmp(area.wrong[1], b, strlen(b)), 0);
	area_unload(&area);
}

static void test_contradiction(void **state)
{
	struct dumpflt_disk_header keep;
	struct fixture f;

	(void)state;
	make_pair(&f);
	header_of(&f, 1)->sessions = cpu_to_le64(3);
	dumpflt_header_seal(header_of(&f, 1));
	expect_refused(&f, contradict, contradict);
	/* the other way round */
	keep = *header_of(&f, 0);
	*header_of(&f, 0) = *header_of(&f, 1);
	*header_of(&f, 1) = keep;
	expect_refused(&f, contradict, contradict);
	fixture_free(&f);
}

/* The small area has the id of the other one */
static void make_hidden(struct fixture *f)
{
	static struct dumpflt_disk_header header;
	struct dumpflt_geometry geo;

	fixture_make(f, SIZE, 1, 64);
	assert_null(dumpflt_geometry_make(&geo, SMALL, 1, 64));
	dumpflt_header_init(&header, &geo, header_of(f, 1)->fixed.uuid, 1, 0);
	assert_int_equal(area_create(&f->io, &header, &geo), 0);
}

static void test_hidden(void **state)
{
	struct fixture f;
	struct area area;

	(void)state;
	make_hidden(&f);
	expect_refused(&f, other, zeros);
	f.bad_from = SIZE - FIXTURE_UNIT;
	f.bad_to = f.bad_from + 512;
	expect_refused(&f, unread, "zeros over them say that none does");
	f.bad_to = 0;
	memset(f.image + SIZE - FIXTURE_UNIT, 0, FIXTURE_UNIT);
	assert_int_equal(area_load(&area, &f.io), 0);
	area_unload(&area);
	fixture_free(&f);
	/* an area that fills its device needs one of its headers only */
	fixture_make(&f, SIZE, 1, 64);
	f.bad_from = SIZE - FIXTURE_UNIT;
	f.bad_to = SIZE;
	assert_int_equal(area_load(&area, &f.io), 0);
	assert_string_equal(area.wrong[1], "it cannot be read");
	area_unload(&area);
	fixture_free(&f);
}

/* Not even if memory was tampered with */
static void test_write(void **state)
{
	struct dumpflt_disk_header before[2];
	struct fixture f;
	struct area area;

	(void)state;
	fixture_make(&f, SIZE, 2, 64);
	before[0] = *header_of(&f, 0);
	before[1] = *header_of(&f, 1);
	assert_int_equal(area_load(&area, &f.io), 0);
	area.header->slots[1].state = cpu_to_le32(DUMPFLT_SLOT_COLLECTED);
	area.header->slots[1].number = cpu_to_le64(1000);
	assert_true(dumpflt_header_touch(area.header));
	assert_int_equal(area_write_header(&area), -EUCLEAN);
	assert_int_equal(area.copy, 0);
	assert_memory_equal(&before[0], header_of(&f, 0), sizeof(before[0]));
	assert_memory_equal(&before[1], header_of(&f, 1), sizeof(before[1]));
	memset(&area.header->slots[1], 0, sizeof(area.header->slots[1]));
	assert_int_equal(area_write_header(&area), 0);
	area_unload(&area);
	fixture_free(&f);
}

/* An image that a newer one was to replace is too old, whatever is there of the newer one */
static void test_image(void **state)
{
	const __le32 flags = cpu_to_le32(DUMPFLT_AREA_F_HIBERNATION | DUMPFLT_AREA_F_OVERWRITE);
	struct fixture f;
	unsigned int copy;

	(void)state;
	make_pair(&f);
	for (copy = 0; copy < 2; copy++) {
		header_of(&f, copy)->fixed.flags = flags;
		assert_null(dumpflt_policy_add(header_of(&f, copy), "age", 10,
					       DUMPFLT_POLICY_F_CRITICAL, "origin=k", 8));
		dumpflt_header_seal(header_of(&f, copy));
	}
	expect_slot(&f, DUMPFLT_SLOT_STARTED, false);
	fixture_free(&f);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_unbegun),
	cmocka_unit_test(test_forged_older),
	cmocka_unit_test(test_contradiction),
	cmocka_unit_test(test_hidden),
	cmocka_unit_test(test_write),
	cmocka_unit_test(test_image),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
