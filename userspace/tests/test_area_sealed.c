// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unit tests of opening a sealed slot: between which filters age may stand, and
 * what it may have stored.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdlib.h>
#include <string.h>

#include "age/slot.h"
#include "age_key.h"
#include "area_fixture.h"
#include "lib/text.h"
#include "unit.h"

#define SIZE		1310720
#define DUMP_SIZE	(3 * DUMPFLT_CHUNK_SIZE - 1000)

#define CHANGES		DUMPFLT_DISK_FILTER_F_CHANGES
#define LEFT_OUT	DUMPFLT_DISK_FILTER_F_LEFT_OUT

static struct age_identities ids;
static struct age_writer age;

/**
 * struct stack - filters of a dump
 * @nr: how many
 * @filters: likewise; digest is behind age, so that it is of the disk's bytes
 * @wrong: why the key does not open it; NULL if it does
 */
struct stack {
	__u32				nr;
	struct area_writer_filter	filters[3];
	const char			*wrong;
};

static const struct stack stacks[] = {
	{ 1, { AREA_WRITER_AGE(&age) }, NULL },
	{ 2, { AREA_WRITER_AGE(&age), { "digest", 0, 32, NULL } }, NULL },
	/* refused when it is to be written; who has such a dump reads it all the same */
	{ 2, { { "digest", 0, 32, NULL }, AREA_WRITER_AGE(&age) }, NULL },
	/* its tags are behind what others keep of a chunk */
	{ 2, { { "first", 0, 8, NULL }, AREA_WRITER_AGE(&age) }, NULL },
	{ 3, { { "first", 0, 16, NULL }, AREA_WRITER_AGE(&age),
	       { "third", 0, 8, NULL } }, NULL },
	{ 3, { { "first", LEFT_OUT, 8, NULL }, AREA_WRITER_AGE(&age),
	       { "third", LEFT_OUT, 0, NULL } }, NULL },
	/* what is opened is what the one in front made of it */
	{ 2, { { "first", CHANGES, 0, NULL }, AREA_WRITER_AGE(&age) }, NULL },
	{ 3, { { "first", CHANGES, 8, NULL }, { "second", CHANGES, 0, NULL },
	       AREA_WRITER_AGE(&age) }, NULL },
	/* this one always does, and is never left out: the kernel says nothing else */
	{ 2, { { "crypt", 0, 0, NULL }, AREA_WRITER_AGE(&age) },
	  "filter 'crypt' is said not to have changed the data, which it always does" },
	{ 2, { { "crypt", LEFT_OUT, 0, NULL }, AREA_WRITER_AGE(&age) },
	  "filter 'crypt' is said to have been left out, which it never is" },
	/* what cannot be opened */
	{ 2, { AREA_WRITER_AGE(&age), { "second", CHANGES, 0, NULL } },
	  "a filter behind 'age' has changed what it sealed" },
	{ 2, { AREA_WRITER_AGE(&age), AREA_WRITER_AGE(&age) },
	  "a filter behind 'age' has changed what it sealed" },
	{ 1, { { "digest", 0, 32, NULL } },
	  "it is not sealed: no key can tell whose it is" },
	{ 1, { { "age", CHANGES | LEFT_OUT, 16, NULL } },
	  "it is not sealed: no key can tell whose it is" },
	{ 1, { { "age", LEFT_OUT, 16, NULL } },
	  "it is not sealed: no key can tell whose it is" },
	{ 1, { { "age", CHANGES, 32, NULL } }, "its filter metadata is no good" },
	{ 1, { { "age", CHANGES, 16, NULL } }, "it is no age file of version 1" },
};

static int read_key(void **state)
{
	(void)state;
	return age_key_get(&ids);
}

static int take(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct fixture *f = ctx;

	assert_int_equal(offset, f->got_size);
	assert_true(offset + len <= f->data_size);
	memcpy(f->got + offset, data, len);
	f->got_size += len;
	return 0;
}

/* Slot 0, with the key; returns why that does not open it */
static const char *scan_slot(struct fixture *f, struct area_verdict *verdict, bool changed)
{
	struct age_slot sealed = { 0 };
	struct area_scan wanted = {
		.sink = take, .ctx = f, .opener = &sealed.opener,
	};
	struct area_slot slot;
	struct area area;
	const char *wrong;

	f->got_size = 0;
	assert_int_equal(area_load(&area, &f->io), 0);
	assert_int_equal(area_slot_load(&area, 0, &slot), 0);
	wrong = age_slot_open(&sealed, &slot, &ids);
	if (!wrong)
		assert_int_equal(sealed.opener.changed, changed);
	if (!wrong)
		assert_int_equal(area_scan(&area, &slot, &wanted, verdict), 0);
	age_slot_wipe(&sealed);
	area_slot_unload(&slot);
	area_unload(&area);
	return wrong;
}

/* Is what age got not the dump? */
static bool is_changed(const struct stack *stack)
{
	const struct area_writer_filter *filter = stack->filters;

	for (; filter < stack->filters + stack->nr && !filter->age; filter++)
		if (filter->flags & CHANGES || !strcmp(filter->name, "crypt"))
			return true;
	return false;
}

/* If it can be opened, it is what age got: the dump, or its inverse, twice of which is the dump */
static const char *open_slot(struct fixture *f, const struct stack *stack)
{
	static struct area_verdict verdict;
	const char *wrong = scan_slot(f, &verdict, is_changed(stack));
	unsigned char invert = is_changed(stack) && stack->nr == 2 ? 0xff : 0;
	size_t i;

	if (wrong)
		return wrong;
	assert_int_equal(f->got_size, f->data_size);
	for (i = 0; i < f->data_size; i++)
		if ((f->got[i] ^ f->data[i]) != invert && !verdict.problem[0])
			fail_msg("byte %zu is another one", i);
	if (verdict.problem[0])
		return verdict.problem;
	assert_true(verdict.complete && verdict.authentic);
	return NULL;
}

static const char *dump_and_open(const struct stack *stack)
{
	struct fixture f;
	const char *wrong;

	fixture_make(&f, SIZE, 2, 128);
	assert_int_equal(fixture_dump(&f, DUMP_SIZE, stack->filters, stack->nr,
				      FIXTURE_COMPLETE), 0);
	wrong = open_slot(&f, stack);
	fixture_free(&f);
	return wrong;
}

static void test_stacks(void **state)
{
	const char *wrong;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(stacks); i++) {
		age_writer_start(&age, &age_key_recipient, 1);
		wrong = dump_and_open(&stacks[i]);
		if (!wrong != !stacks[i].wrong ||
		    (wrong && strcmp(wrong, stacks[i].wrong)))
			fail_msg("stack %zu: %s", i, wrong ? wrong : "opened");
	}
}

/* What the filter stores is all of the header and the nonce, and no more */
static void test_stored(void **state)
{
	(void)state;
	age_writer_start(&age, &age_key_recipient, 1);
	age.stored[age.len++] = 'x';
	assert_string_equal(dump_and_open(&stacks[0]),
			    "there is more than a header in its filter metadata");
	age_writer_start(&age, &age_key_recipient, 1);
	age.len--;
	assert_string_equal(dump_and_open(&stacks[0]),
			    "it is cut off within its header");
	age_writer_start(&age, &age_key_recipient, 1);
	age.len = 0;
	assert_string_equal(dump_and_open(&stacks[0]),
			    "it is no age file of version 1");
}

/* A dump whose second chunk looks like its own trailer; torn behind the third */
static void dump_false_trailer(struct fixture *f)
{
	static const __u8 session[16] = { 7 };
	static unsigned char data[3 * DUMPFLT_CHUNK_SIZE];
	struct area_writer w;
	struct area area;

	memset(data, 1, sizeof(data));
	dumpflt_trailer_fill(data + DUMPFLT_CHUNK_SIZE, session,
			     DUMPFLT_CHUNK_SIZE, 2);
	f->data = malloc(sizeof(data));
	f->got = malloc(sizeof(data));
	assert_true(f->data && f->got);
	memcpy(f->data, data, sizeof(data));
	f->data_size = sizeof(data);
	assert_int_equal(area_load(&area, &f->io), 0);
	area_writer_open(&w, &area, area_writer_start(&area, session),
			 stacks[0].filters, stacks[0].nr);
	area_writer_data(&w, data, sizeof(data));
	area_writer_rest(&w);
	area_writer_close(&w);
	area_unload(&area);
}

/* Crashed memory may hold anything: only what was sealed as the last one is it */
static void test_false_trailer(void **state)
{
	struct area_verdict verdict;
	struct fixture f;

	(void)state;
	age_writer_start(&age, &age_key_recipient, 1);
	fixture_make(&f, SIZE, 2, 128);
	dump_false_trailer(&f);
	assert_null(scan_slot(&f, &verdict, false));
	assert_false(verdict.complete || verdict.authentic || verdict.size_known);
	assert_int_equal(verdict.good_chunks, 3);
	assert_int_equal(f.got_size, f.data_size);
	assert_memory_equal(f.got, f.data, f.data_size);
	fixture_free(&f);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_stacks),
	cmocka_unit_test(test_stored),
	cmocka_unit_test(test_false_trailer),
};

int main(void)
{
	return cmocka_run_group_tests(tests, read_key, NULL);
}
