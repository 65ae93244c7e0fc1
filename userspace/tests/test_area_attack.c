// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A sealed dump of which single bits were changed, by chance or by an attacker
 * who mends all checksums: it is noticed, and nothing wrong is given out.
 *
 * Every bit of what has a meaning is tried, and of long runs of zeros and of
 * ciphertext, where all bits are alike, one in each stretch.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "area_attack.h"
#include "unit.h"

#define CHUNK	DUMPFLT_CHUNK_SIZE

/* Is this bit computed anew by who mends it, so that nothing is left of a change? */
typedef bool (*attack_mended)(size_t bit);

static void flip(unsigned char *at, size_t bit)
{
	at[bit / 8] ^= (unsigned char)(1 << bit % 8);
}

/* Bits that are tried without mending, too: no checksum misses a single bit */
#define AS_IT_IS_EVERY	7

/* Mended, or as it is */
static void try_bit(struct attack *a, unsigned char *at, size_t bit,
		    attack_mended is_mended)
{
	bool undone = is_mended && is_mended(bit);

	if (undone || !(bit % AS_IT_IS_EVERY)) {
		flip(at, bit);
		assert_true(attack_try(a, ATTACK_AS_IT_IS));
	}
	if (undone)
		return;
	flip(at, bit);
	if (!attack_try(a, ATTACK_MENDED))
		fail_msg("bit %zu: not noticed", bit);
}

/* Both checksums are computed anew */
static bool fmeta_is_mended(size_t bit)
{
	const size_t at = bit / 8;

	return at >= offsetof(struct dumpflt_disk_fmeta_head, body_crc) &&
	       at < sizeof(struct dumpflt_disk_fmeta_head);
}

static void test_fmeta(void **state)
{
	const struct dumpflt_disk_fmeta_head *head;
	struct attack a;
	size_t bit, bits;

	(void)state;
	attack_make(&a);
	head = (void *)attack_fmeta(&a, 0);
	bits = 8 * le32_to_cpu(head->used);
	for (bit = 0; bit < bits; bit++)
		try_bit(&a, attack_fmeta(&a, 0), bit, fmeta_is_mended);
	for (; bit < 8 * DUMPFLT_AREA_UNIT; bit += 4099)
		try_bit(&a, attack_fmeta(&a, 0), bit, NULL);
	attack_report(&a, "bits of filter metadata", 0);
	attack_free(&a);
}

/* All but the tag, and the padding, which the receipt's MAC covers */
static bool record_is_mended(size_t bit)
{
	size_t at = bit / 8 % 64;
	const size_t tag = sizeof(struct dumpflt_disk_record);

	return at < tag || (at >= tag + DUMPFLT_AGE_TAG &&
			    at < tag + DUMPFLT_AGE_TAG + 32);
}

static void test_records(void **state)
{
	struct attack a;
	size_t bit;

	(void)state;
	attack_make(&a);
	for (bit = 0; bit < 8 * 64 * ATTACK_CHUNKS; bit++)
		try_bit(&a, attack_record(&a, 0, 0), bit, record_is_mended);
	attack_report(&a, "bits of records, with the tags", 0);
	attack_free(&a);
}

/* Checksums and digests */
static bool receipt_is_mended(size_t bit)
{
	const size_t at = bit / 8;
	const size_t digest = offsetof(struct dumpflt_disk_receipt, digest);
	const size_t crc = offsetof(struct dumpflt_disk_receipt, crc);
	const size_t filter = sizeof(struct dumpflt_disk_filter);
	const size_t filters = offsetof(struct dumpflt_disk_receipt, filters);
	const size_t meta = offsetof(struct dumpflt_disk_filter, meta_digest);

	if (at >= filters && at < filters + 2 * filter)
		return (at - filters) % filter >= meta &&
		       (at - filters) % filter < meta + 32;
	return (at >= digest && at < digest + 32) || at >= crc;
}

static void test_receipt(void **state)
{
	const size_t text = offsetof(struct dumpflt_disk_receipt, text);
	const size_t filters = offsetof(struct dumpflt_disk_receipt, filters);
	const size_t used = filters + 2 * sizeof(struct dumpflt_disk_filter);
	struct attack a;
	size_t bit;

	(void)state;
	attack_make(&a);
	for (bit = 0; bit < 8 * sizeof(struct dumpflt_disk_receipt);
	     bit += bit < 8 * text || (bit >= 8 * filters && bit < 8 * used) ||
		    bit >= 8 * (sizeof(struct dumpflt_disk_receipt) - 4) ? 1 : 61) {
		try_bit(&a, (void *)attack_receipt(&a, 0), bit,
			receipt_is_mended);
		/* what it was over is as good as before */
		assert_int_equal(a.prefix, a.data_size[0]);
	}
	attack_report(&a, "bits of the receipt", 0);
	attack_free(&a);
}

static void test_chunks(void **state)
{
	unsigned int seed = 1;
	struct attack a;
	size_t at, bit;

	(void)state;
	attack_make(&a);
	for (at = 0; at < ATTACK_CHUNKS * CHUNK; at += 512) {
		seed = seed * 1103515245U + 12345U;
		bit = 8 * at + (seed >> 16) % (8 * 512);
		try_bit(&a, attack_chunk(&a, 0, 0), bit, NULL);
		/* what comes before is given out, and no more */
		assert_int_equal(a.prefix, at / CHUNK == 3 ? a.data_size[0] :
				 at / CHUNK * CHUNK);
	}
	attack_report(&a, "bits of chunks", 0);
	attack_free(&a);
}

/*
 * What the header says of past and present sessions changes with every dump, so
 * no dump vouches for it, but for its own entry; nor for whether it was
 * collected.
 */
static bool header_is_free(size_t bit)
{
	const size_t at = bit / 8;
	const size_t slots = offsetof(struct dumpflt_disk_header, slots);
	const size_t entry = sizeof(struct dumpflt_disk_slot);

	return (at >= offsetof(struct dumpflt_disk_header, sequence) &&
		at < offsetof(struct dumpflt_disk_header, reserved)) ||
	       (at >= slots && at < slots + sizeof(__le32)) ||
	       (at >= slots + entry && at < slots + 2 * entry);
}

/* In both copies: an attacker who leaves a good one has done nothing */
static bool try_header(struct attack *a, size_t bit, enum attack_mend how)
{
	flip((void *)attack_header(a, 0), bit);
	flip((void *)attack_header(a, 1), bit);
	return attack_try(a, how);
}

static void test_header(void **state)
{
	const size_t policy = offsetof(struct dumpflt_disk_fixed, policy);
	const size_t sequence = offsetof(struct dumpflt_disk_header, sequence);
	const size_t slots = offsetof(struct dumpflt_disk_header, slots);
	const size_t used = slots + 2 * sizeof(struct dumpflt_disk_slot);
	struct attack a;
	size_t bit, at;

	(void)state;
	attack_make(&a);
	for (bit = 0; bit < 8 * sizeof(struct dumpflt_disk_header);) {
		at = bit / 8;
		assert_true(try_header(&a, bit, ATTACK_AS_IT_IS));
		if (at < offsetof(struct dumpflt_disk_header, crc) &&
		    !try_header(&a, bit, ATTACK_MENDED) && !header_is_free(bit))
			fail_msg("bit %zu: not noticed", bit);
		bit += at < 128 || (at >= sequence && at < sequence + 16) ||
		       (at >= slots && at < used) ||
		       at >= sizeof(struct dumpflt_disk_header) - 4 ? 1 :
		       at >= policy ? 4093 : 251;
	}
	/* of the counters and of the other slot */
	attack_report(&a, "bits of the header", a.harmless);
	attack_free(&a);
}

int main(void)
{
	UNIT_TESTS(tests) = {
		cmocka_unit_test(test_fmeta),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_receipt),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
