// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the manual of the format says of a byte, a reader insists on: each case
 * breaks one sentence of it in a dump that is right in everything else, with
 * every checksum made to fit.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "area_mend.h"
#include "unit.h"
#include "lib/text.h"

#define CHUNK		DUMPFLT_CHUNK_SIZE
#define DUMP_SIZE	(2 * CHUNK + 1000)

#define RECORD	\
	"chunk 1, at byte 65536 of the dump: its record is not zero behind what the filters keep in it"
#define PADDING		"the padding between the dump's end and its trailer is not zero"
#define NO_RECEIPT	"the dump is torn: it has no receipt "

static const struct area_writer_filter filters[] = {
	{ "digest", 0, 32, NULL },
	{ "late", DUMPFLT_DISK_FILTER_F_LEFT_OUT, 8, NULL },
};

static unsigned char *record(struct fixture *f, __u64 chunk)
{
	return f->image + dumpflt_geometry_record(&f->geo, 0, chunk);
}

static struct dumpflt_disk_receipt *receipt(struct fixture *f)
{
	return fixture_receipt(f, 0, 0);
}

static struct dumpflt_disk_header *header(struct fixture *f)
{
	return (void *)f->image;
}

/* Both headers as A is */
static void same_headers(struct fixture *f)
{
	memcpy(f->image + dumpflt_geometry_header(&f->geo, 1), f->image,
	       sizeof(struct dumpflt_disk_header));
}

/* Records: "each filter's metadata for this chunk, in list order, then zeros" */
static void behind_metadata(struct fixture *f)
{
	record(f, 1)[8 + 32 + 8] = 1;
}

static void last_of_record(struct fixture *f)
{
	record(f, 1)[f->geo.record_size - 1] = 0x80;
}

/* "zeros if mac_filter is 0", and a filter that has taken part if it is not */
static void mac_of_nobody(struct fixture *f)
{
	receipt(f)->mac[31] = 1;
}

static void mac_without_one(struct fixture *f)
{
	receipt(f)->mac_filter = cpu_to_le32(1);
}

static void mac_of_left_out(struct fixture *f)
{
	receipt(f)->mac_filter = cpu_to_le32(2);
	receipt(f)->mac[0] = 1;
}

static void mac_of_too_many(struct fixture *f)
{
	receipt(f)->mac_filter = cpu_to_le32(3);
	receipt(f)->mac[0] = 1;
}

static void mac_of_digest(struct fixture *f)
{
	receipt(f)->mac_filter = cpu_to_le32(1);
	receipt(f)->mac[0] = 1;
}

/* "NUL-padded; empty if COMPLETE" */
static void text_behind_nul(struct fixture *f)
{
	receipt(f)->text[100] = 'x';
}

/* "positive errno, 0 for success", and all of them succeeded */
static void finish_failed(struct fixture *f)
{
	receipt(f)->filters[0].finish_err = cpu_to_le32(5);
}

/* "0 if it stored nothing", "padded with zeros"; not of who is not there */
static void result_too_long(struct fixture *f)
{
	receipt(f)->results[0].len = cpu_to_le16(DUMPFLT_RESULT_MAX + 1);
}

static void result_behind_end(struct fixture *f)
{
	receipt(f)->results[0].data[3] = 'x';
}

static void result_of_nobody(struct fixture *f)
{
	receipt(f)->results[DUMPFLT_MAX_FILTERS - 1].len = cpu_to_le16(1);
}

/* "at most DUMPFLT_CHUNK_META_MAX", "at most DUMPFLT_FMETA_MAX" */
static void too_much_metadata(struct fixture *f)
{
	receipt(f)->filters[1].chunk_meta = cpu_to_le16(65);
}

static void too_much_stored(struct fixture *f)
{
	receipt(f)->filters[1].fmeta_len = cpu_to_le32(DUMPFLT_FMETA_MAX + 1);
}

/* "zeros if it is not COMPLETE", "zeros if it has none" */
static void digest_of_failed(struct fixture *f)
{
	receipt(f)->state = cpu_to_le32(DUMPFLT_SLOT_FAILED);
}

static void digest_of_part(struct fixture *f)
{
	receipt(f)->state = cpu_to_le32(DUMPFLT_SLOT_FAILED);
	memset(receipt(f)->digest, 0, 32);
}

/* "dump, zeros to the end of a chunk, and the trailer" */
static void padding(struct fixture *f)
{
	f->image[dumpflt_geometry_chunk(&f->geo, 0, 2) + 1000] = 1;
}

static void end_of_padding(struct fixture *f)
{
	f->image[dumpflt_geometry_chunk(&f->geo, 0, 3) - 1] = 1;
}

static void behind_trailer(struct fixture *f)
{
	f->image[dumpflt_geometry_chunk(&f->geo, 0, 4) - 1] = 1;
}

/* "padded with zeros to a multiple of 8", "zeros behind it" */
static void behind_stored(struct fixture *f)
{
	/* "hello" is followed by three of them */
	f->image[dumpflt_geometry_fmeta(&f->geo, 0) + 64 + 40 + 5] = 1;
}

static void behind_fmeta(struct fixture *f)
{
	f->image[dumpflt_geometry_fmeta(&f->geo, 0) + DUMPFLT_AREA_UNIT - 1] = 1;
}

/* "what is reserved is zero, and is refused otherwise" */
static void reserved_in_entry(struct fixture *f)
{
	header(f)->slots[0].reserved2[23] = 1;
	same_headers(f);
}

static void reserved_in_header(struct fixture *f)
{
	header(f)->reserved2[0] = 1;
	same_headers(f);
}

static void behind_policy(struct fixture *f)
{
	header(f)->fixed.policy[DUMPFLT_POLICY_MAX - 1] = 1;
	same_headers(f);
}

static void reserved_in_receipt(struct fixture *f)
{
	receipt(f)->reserved[sizeof(receipt(f)->reserved) - 1] = 1;
}

static void unknown_durability(struct fixture *f)
{
	receipt(f)->durability = cpu_to_le32(DUMPFLT_DURABLE_WRITE_THROUGH + 1);
}

/**
 * struct lie - a sentence that is broken
 * @tell: break it
 * @problem: what is said of the dump; NULL: there is no area any more
 * @prefix: bytes that are given out all the same
 */
struct lie {
	void		(*tell)(struct fixture *f);
	const char	*problem;
	__u64		prefix;
};

static const struct lie lies[] = {
	{ behind_metadata, RECORD, CHUNK },
	{ last_of_record, RECORD, CHUNK },
	{ mac_of_nobody, NO_RECEIPT "(it has a MAC of no filter)", DUMP_SIZE },
	{ mac_without_one,
	  NO_RECEIPT "(a filter is to have made its MAC, and there is none)", DUMP_SIZE },
	{ mac_of_left_out, NO_RECEIPT "(its MAC is of a filter that was left out)", DUMP_SIZE },
	{ mac_of_too_many, NO_RECEIPT "(its number of filters is out of range)", DUMP_SIZE },
	{ mac_of_digest,
	  "the receipt is said to have a MAC of filter 'digest', which makes none", DUMP_SIZE },
	{ text_behind_nul, NO_RECEIPT "(it has bits set that are reserved)", DUMP_SIZE },
	{ finish_failed, NO_RECEIPT "(it contradicts itself)", DUMP_SIZE },
	{ result_too_long, NO_RECEIPT "(a filter has too much of a result)", DUMP_SIZE },
	{ result_behind_end, NO_RECEIPT "(it has bits set that are reserved)", DUMP_SIZE },
	{ result_of_nobody, NO_RECEIPT "(it has a result of no filter)", DUMP_SIZE },
	{ too_much_metadata, NO_RECEIPT "(a filter has too much metadata)", DUMP_SIZE },
	{ too_much_stored, NO_RECEIPT "(a filter has too much metadata)", DUMP_SIZE },
	{ digest_of_failed, NO_RECEIPT "(a filter has a digest over nothing)", DUMP_SIZE },
	{ digest_of_part, NO_RECEIPT "(a filter has a digest over nothing)", DUMP_SIZE },
	{ padding, PADDING, DUMP_SIZE },
	{ end_of_padding, PADDING, DUMP_SIZE },
	{ behind_trailer, "its last chunk is not the trailer of this dump", DUMP_SIZE },
	{ behind_stored,
	  "its filter metadata is no good: it has bits set that are reserved", 0 },
	{ behind_fmeta,
	  "its filter metadata is no good: it has bits set that are reserved", 0 },
	{ reserved_in_receipt, NO_RECEIPT "(it has bits set that are reserved)", DUMP_SIZE },
	{ unknown_durability, NO_RECEIPT "(it has bits set that are reserved)", DUMP_SIZE },
	{ reserved_in_entry, NULL, 0 },
	{ reserved_in_header, NULL, 0 },
	{ behind_policy, NULL, 0 },
};

static void expect(struct fixture *f, const struct lie *lie)
{
	struct area_verdict verdict;
	struct area area;

	if (!lie->problem) {
		assert_int_equal(area_load(&area, &f->io), -EBADMSG);
		area_unload(&area);
		return;
	}
	assert_int_equal(fixture_verify(f, 0, &verdict), 0);
	assert_string_equal(verdict.problem, lie->problem);
	assert_false(verdict.complete);
	assert_int_equal(f->got_size, lie->prefix);
	assert_memory_equal(f->got, f->data, f->got_size);
}

static void test_lies(void **state)
{
	struct area_verdict verdict;
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		fixture_make(&f, 1 << 20, 1, 64);
		fixture_dump(&f, DUMP_SIZE, filters, 2, FIXTURE_COMPLETE);
		/* nothing was changed, and mending by itself changes nothing */
		mend_slot(&f, 0);
		assert_int_equal(fixture_verify(&f, 0, &verdict), 0);
		assert_string_equal(verdict.problem, "");
		lies[i].tell(&f);
		mend_slot(&f, 0);
		expect(&f, &lies[i]);
		fixture_free(&f);
	}
}

/* Of a torn dump records are all there is to go by */
static void test_torn(void **state)
{
	struct area_verdict verdict;
	struct fixture f;

	(void)state;
	fixture_make(&f, 1 << 20, 1, 64);
	fixture_dump(&f, DUMP_SIZE, filters, 2, FIXTURE_TORN);
	behind_metadata(&f);
	mend_slot(&f, 0);
	assert_int_equal(fixture_verify(&f, 0, &verdict), 0);
	assert_int_equal(f.got_size, CHUNK);
	assert_int_equal(verdict.bad_chunks, 1);
	fixture_free(&f);
}

UNIT_TESTS(tests) = {
	cmocka_unit_test(test_lies),
	cmocka_unit_test(test_torn),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
