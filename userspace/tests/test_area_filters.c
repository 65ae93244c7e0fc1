// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sealed or none: somebody who owns the disk makes a sealed dump look like one
 * in the clear. Every checksum and digest is made to fit. Whatever is done, no
 * byte of ciphertext is given out as the dump, and nothing is called complete.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "age_key.h"
#include "area_mend.h"
#include "lib/text.h"
#include "unit.h"

#define CHUNK		DUMPFLT_CHUNK_SIZE
#define SIZE		1310720
#define DUMP_SIZE	(2 * CHUNK + 1000)
#define CHANGES		DUMPFLT_DISK_FILTER_F_CHANGES
#define CRITICAL	DUMPFLT_DISK_FILTER_F_CRITICAL
#define LEFT_OUT	DUMPFLT_DISK_FILTER_F_LEFT_OUT

static struct age_writer age;

static struct dumpflt_disk_fmeta *fmeta(struct fixture *f, unsigned int nr)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	const void *region = f->image + dumpflt_geometry_fmeta(&f->geo, 0);

	do {
		entry = dumpflt_fmeta_next(region, entry);
	} while (nr--);
	return (struct dumpflt_disk_fmeta *)entry;
}

static struct dumpflt_disk_filter *in_receipt(struct fixture *f, unsigned int nr)
{
	return &fixture_receipt(f, 0, 0)->filters[nr];
}

static bool has_receipt(struct fixture *f)
{
	return !dumpflt_format_zero(fixture_receipt(f, 0, 0), 16);
}

static void set_flags(struct fixture *f, __u32 flags)
{
	fmeta(f, 0)->flags = cpu_to_le32(flags);
	if (has_receipt(f))
		in_receipt(f, 0)->flags = cpu_to_le32(flags);
}

static void set_name(struct fixture *f, const char *name)
{
	memset(fmeta(f, 0)->name, 0, DUMPFLT_NAME_MAX);
	memcpy(fmeta(f, 0)->name, name, strlen(name));
	if (has_receipt(f))
		memcpy(in_receipt(f, 0)->name, fmeta(f, 0)->name,
		       DUMPFLT_NAME_MAX);
}

static void drop_mac(struct fixture *f)
{
	if (!has_receipt(f))
		return;
	fixture_receipt(f, 0, 0)->mac_filter = 0;
	memset(fixture_receipt(f, 0, 0)->mac, 0, 32);
}

static void drop_receipt(struct fixture *f)
{
	memset(fixture_receipt(f, 0, 0), 0, sizeof(struct dumpflt_disk_receipt));
}

/* Metadata knows nothing of it, and the receipt says that it was left out */
static void leave_out_in_receipt(struct fixture *f)
{
	struct dumpflt_disk_filter genuine = *in_receipt(f, 0);

	set_name(f, "harmless");
	set_flags(f, 0);
	memset(fmeta(f, 0) + 1, 0, le32_to_cpu(fmeta(f, 0)->len));
	memcpy(in_receipt(f, 0)->name, genuine.name, sizeof(genuine.name));
	in_receipt(f, 0)->flags = cpu_to_le32(LEFT_OUT);
	drop_mac(f);
}

/* What the filter stored, and its place in the records, are kept */
static void clear_in_fmeta(struct fixture *f)
{
	fmeta(f, 0)->flags = cpu_to_le32(CRITICAL);
}

static void clear_in_both(struct fixture *f)
{
	set_flags(f, CRITICAL);
}

static void clear_and_drop_mac(struct fixture *f)
{
	set_flags(f, CRITICAL);
	drop_mac(f);
}

static void clear_and_drop_receipt(struct fixture *f)
{
	set_flags(f, CRITICAL);
	drop_receipt(f);
}

static void leave_out(struct fixture *f)
{
	set_flags(f, LEFT_OUT);
	drop_mac(f);
}

static void leave_out_and_drop_receipt(struct fixture *f)
{
	set_flags(f, LEFT_OUT | CRITICAL);
	drop_receipt(f);
}

static void rename_it(struct fixture *f)
{
	set_name(f, "harmless");
	set_flags(f, CRITICAL);
	drop_mac(f);
}

static void rename_to_trace(struct fixture *f)
{
	set_name(f, "trace");
	set_flags(f, CRITICAL);
	drop_mac(f);
}

static void rename_and_drop_receipt(struct fixture *f)
{
	set_name(f, "harmless");
	set_flags(f, 0);
	drop_receipt(f);
}

/* As if it had kept nothing of the chunks: the tags are then nobody's */
static void no_tags(struct fixture *f)
{
	rename_and_drop_receipt(f);
	fmeta(f, 0)->chunk_meta = 0;
}

/* A receipt alone, over filter metadata that has no filters */
static void no_filters(struct fixture *f)
{
	struct dumpflt_disk_fmeta_head *head =
		(void *)(f->image + dumpflt_geometry_fmeta(&f->geo, 0));

	memset(head + 1, 0, DUMPFLT_AREA_UNIT - sizeof(*head));
	head->nr_filters = 0;
	head->used = cpu_to_le32(sizeof(*head));
}

static void no_filters_no_receipt(struct fixture *f)
{
	no_filters(f);
	drop_receipt(f);
}

/* The age header is gone, too, and with it the dump; the policy still knows */
static void no_trace_of_it(struct fixture *f)
{
	rename_and_drop_receipt(f);
	memset(fmeta(f, 0) + 1, 0, le32_to_cpu(fmeta(f, 0)->len));
}

static void other_number(struct fixture *f)
{
	fmeta(f, 0)->number = cpu_to_le16(11);
	clear_in_fmeta(f);
	drop_receipt(f);
}

/**
 * struct attack - a way to make it look like plain text
 * @try: on a dump in slot 0, which passed age
 * @needs_policy: without one, nobody could tell
 */
struct attack {
	void	(*try)(struct fixture *f);
	bool	needs_policy;
};

static const struct attack attacks[] = {
	{ clear_in_fmeta, false },
	{ clear_in_both, false },
	{ clear_and_drop_mac, false },
	{ clear_and_drop_receipt, false },
	{ leave_out, false },
	{ leave_out_and_drop_receipt, false },
	{ rename_it, false },
	{ rename_to_trace, false },
	{ rename_and_drop_receipt, false },
	{ no_tags, false },
	{ no_filters, false },
	{ no_filters_no_receipt, false },
	{ other_number, false },
	{ no_trace_of_it, true },
};

static void make(struct fixture *f, bool policy, enum fixture_end end)
{
	const struct area_writer_filter filters[] = { AREA_WRITER_AGE(&age) };

	fixture_make(f, SIZE, 2, 64);
	if (policy)
		mend_policy(f, "age", 10, DUMPFLT_POLICY_F_CRITICAL);
	age_writer_start(&age, &age_key_recipient, 1);
	fixture_dump(f, DUMP_SIZE, filters, 1, end);
}

/* Without a key: what 'verify' and 'extract --salvage' would say and give out */
static void nothing_given(struct fixture *f, size_t nr)
{
	struct area_verdict verdict;

	assert_int_equal(fixture_verify(f, 0, &verdict), 0);
	if (verdict.complete || f->got_size || verdict.good_bytes)
		fail_msg("attack %zu: complete %d, %llu bytes given out: %s",
			 nr, verdict.complete, f->got_size, verdict.problem);
}

static void test_attacks(void **state)
{
	static const enum fixture_end ends[] = {
		FIXTURE_COMPLETE, FIXTURE_FAILED, FIXTURE_TORN, FIXTURE_NO_TRAILER,
	};
	size_t i, end, tried = 0;
	struct fixture f;
	int policy;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(attacks); i++)
		for (policy = attacks[i].needs_policy; policy < 2; policy++)
			for (end = 0; end < ARRAY_SIZE(ends); end++) {
				make(&f, policy, ends[end]);
				attacks[i].try(&f);
				mend_slot(&f, 0);
				nothing_given(&f, i);
				fixture_free(&f);
				tried++;
			}
	printf("# %zu ways to make a sealed dump look plain\n", tried);
}

/* One receipt of a sealed dump is kept, beside one that says it was in the clear */
static void test_contradiction(void **state)
{
	static const enum fixture_end ends[] = { FIXTURE_COMPLETE, FIXTURE_FAILED };
	struct dumpflt_disk_receipt genuine;
	struct fixture f;
	unsigned int copy;
	size_t end;

	(void)state;
	for (end = 0; end < ARRAY_SIZE(ends); end++)
		for (copy = 0; copy < 2; copy++) {
			make(&f, false, ends[end]);
			genuine = *fixture_receipt(&f, 0, copy);
			/* it stored nothing, and has no known name */
			rename_it(&f);
			memset(fmeta(&f, 0) + 1, 0, le32_to_cpu(fmeta(&f, 0)->len));
			mend_slot(&f, 0);
			*fixture_receipt(&f, 0, copy) = genuine;
			nothing_given(&f, copy);
			fixture_free(&f);
		}
}

/* A receipt that names a filter which is never left out, and says that it was */
static void test_left_out(void **state)
{
	static const enum fixture_end ends[] = { FIXTURE_COMPLETE, FIXTURE_FAILED };
	struct fixture f;
	size_t end;

	(void)state;
	for (end = 0; end < ARRAY_SIZE(ends); end++) {
		make(&f, false, ends[end]);
		leave_out_in_receipt(&f);
		mend_slot(&f, 0);
		nothing_given(&f, end);
		fixture_free(&f);
	}
}

/* Every bit of name, number, sizes and flags, in filter metadata and receipt */
static void test_bits(void **state)
{
	const size_t entry = offsetof(struct dumpflt_disk_fmeta, len);
	struct area_verdict verdict;
	unsigned char *before;
	struct fixture f;
	size_t bit;
	int both;

	(void)state;
	make(&f, true, FIXTURE_COMPLETE);
	before = malloc(f.size);
	assert_non_null(before);
	memcpy(before, f.image, f.size);
	for (bit = 0; bit < 16 * entry; bit++) {
		both = bit >= 8 * entry;
		((unsigned char *)fmeta(&f, 0))[bit / 8 % entry] ^=
			(unsigned char)(1 << bit % 8);
		if (both)
			memcpy(in_receipt(&f, 0), fmeta(&f, 0), entry);
		mend_slot(&f, 0);
		assert_int_equal(fixture_verify(&f, 0, &verdict), 0);
		if (verdict.complete)
			fail_msg("bit %zu%s: complete", bit % (8 * entry),
				 both ? " in both" : "");
		/* else it is known to be ciphertext, and no reader takes it */
		if (!(le32_to_cpu(fmeta(&f, 0)->flags) & CHANGES))
			assert_int_equal(f.got_size, 0);
		memcpy(f.image, before, f.size);
	}
	free(before);
	fixture_free(&f);
}

/**
 * struct promise - a policy, and the filters that a dump passed
 * @policy: names, numbered 10, 20 and so on
 * @flags: DUMPFLT_POLICY_F_* of the first
 * @passed: up to the first without a name
 * @problem: what is said, NULL if the dump is complete
 */
struct promise {
	const char			*policy[3];
	__u32				flags;
	struct area_writer_filter	passed[3];
	const char			*problem;
};

#define DIGEST	{ "digest", 0, 32, NULL }
#define DEMANDS	"not sealed as promised: the policy demands filter "
#define OTHER	{ "other", 0, 0, NULL }

static const struct promise promises[] = {
	{ { "digest", "other" }, 0, { DIGEST, OTHER }, NULL },
	{ { "digest" }, 0, { { NULL } },
	  "not sealed as promised: the dump did not pass filter '10-digest' of the policy" },
	{ { "digest", "other" }, 0, { DIGEST },
	  "not sealed as promised: the dump did not pass filter '20-other' of the policy" },
	{ { "digest" }, 0, { DIGEST, OTHER },
	  "not sealed as promised: the dump passed filter '20-other', which is not in the policy" },
	{ { "digest", "other" }, 0, { OTHER, DIGEST },
	  DEMANDS "'10-digest', and the dump passed '10-other'" },
	{ { "other" }, 0, { DIGEST },
	  DEMANDS "'10-other', and the dump passed '10-digest'" },
	{ { "other" }, 0, { { "other", LEFT_OUT, 0, NULL } },
	  "not sealed as promised: filter '10-other' of the policy was left out" },
	{ { "other" }, DUMPFLT_POLICY_F_CRITICAL | DUMPFLT_POLICY_F_START_OPTIONAL,
	  { { "other", LEFT_OUT | CRITICAL, 0, NULL } },
	  "not sealed as promised: filter '10-other' of the policy was left out" },
	/* the policy itself says that it may */
	{ { "other" }, DUMPFLT_POLICY_F_START_OPTIONAL,
	  { { "other", LEFT_OUT, 0, NULL } }, NULL },
	{ { "other" }, DUMPFLT_POLICY_F_CRITICAL, { OTHER },
	  "not sealed as promised: filter '10-other' was not critical, as the policy demands" },
	/* without a policy any will do, but not with any flags */
	{ { NULL }, 0, { OTHER }, NULL },
	{ { NULL }, 0, { { "other", CHANGES, 0, NULL } }, NULL },
	{ { NULL }, 0, { { "digest", CHANGES, 32, NULL } },
	  "filter 'digest' is said to have changed the data, which it never does" },
	{ { NULL }, 0, { { "trace", CHANGES, 0, NULL } },
	  "filter 'trace' is said to have changed the data, which it never does" },
	{ { NULL }, 0, { { "crypt", CRITICAL, 0, NULL } },
	  "filter 'crypt' is said not to have changed the data, which it always does" },
	{ { NULL }, 0, { { "crypt", LEFT_OUT, 0, NULL } },
	  "filter 'crypt' is said to have been left out, which it never is" },
	{ { NULL }, 0, { { "trace", 0, 8, NULL } },
	  "filter 'trace' is said to have kept 8 bytes of each chunk, and it keeps 0" },
	{ { NULL }, 0, { { "age", CHANGES | CRITICAL, 16, NULL } },
	  "the receipt has no MAC of filter 'age'" },
};

static void test_promises(void **state)
{
	struct area_verdict verdict;
	const struct promise *p;
	struct fixture f;
	__u32 nr, j;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(promises); i++) {
		p = &promises[i];
		fixture_make(&f, SIZE, 2, 64);
		for (j = 0; j < 3 && p->policy[j]; j++)
			mend_policy(&f, p->policy[j], 10 * (j + 1),
				    j ? 0 : p->flags);
		for (nr = 0; nr < 3 && p->passed[nr].name; nr++)
			;
		fixture_dump(&f, DUMP_SIZE, p->passed, nr, FIXTURE_COMPLETE);
		assert_int_equal(fixture_verify(&f, 0, &verdict), 0);
		if (strcmp(verdict.problem, p->problem ? p->problem : ""))
			fail_msg("promise %zu: %s", i, verdict.problem);
		assert_int_equal(verdict.complete, !p->problem);
		fixture_free(&f);
	}
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_attacks),
	cmocka_unit_test(test_contradiction),
	cmocka_unit_test(test_left_out),
	cmocka_unit_test(test_bits),
	cmocka_unit_test(test_promises),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
