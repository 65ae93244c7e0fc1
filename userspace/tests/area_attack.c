// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two sealed dumps, and an attacker who may write to the disk but has no key.
 *
 * The attacker knows the format, and mends every checksum and digest. An attack
 * is tried with attack_try(), which also puts the disk back as it was. Whatever
 * was done: what comes out is the beginning of what was dumped, and if it is
 * called authentic, it is all of it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <stdlib.h>
#include <string.h>

#include "age/slot.h"
#include "age_key.h"
#include "area_attack.h"
#include "unit.h"

#define CHUNK		DUMPFLT_CHUNK_SIZE
#define TAG_AT		sizeof(struct dumpflt_disk_record)
#define DIGEST_AT	(TAG_AT + DUMPFLT_AGE_TAG)
#define SHA256_SIZE	32
#define SIZE		1310720	/* room for six chunks in each of two slots */

/* Sealed with the default policy; the two differ in everything but the key's owner */
static void make_dump(struct attack *a, __u32 nr, __u64 size)
{
	struct age_writer age;
	const struct area_writer_filter filters[] = {
		AREA_WRITER_AGE(&age), { "digest", 0, SHA256_SIZE, NULL },
	};

	age_writer_start(&age, &age_key_recipient, 1);
	assert_int_equal(fixture_dump(&a->f, size, filters, 2,
				      FIXTURE_COMPLETE), nr);
	a->data_size[nr] = size;
	a->data[nr] = malloc(size);
	assert_non_null(a->data[nr]);
	memcpy(a->data[nr], a->f.data, size);
}

void attack_make(struct attack *a)
{
	memset(a, 0, sizeof(*a));
	assert_int_equal(age_key_get(&a->ids), 0);
	fixture_make(&a->f, SIZE, ATTACK_DUMPS, 64);
	assert_true(a->f.geo.slot_chunks > ATTACK_CHUNKS);
	/* so that the last chunk of data has padding behind it */
	make_dump(a, 0, 3 * CHUNK - 1000);
	make_dump(a, 1, 3 * CHUNK - 77);
	a->before = malloc(SIZE);
	assert_non_null(a->before);
	memcpy(a->before, a->f.image, SIZE);
}

void attack_free(struct attack *a)
{
	size_t i;

	for (i = 0; i < ATTACK_DUMPS; i++)
		free(a->data[i]);
	free(a->before);
	fixture_free(&a->f);
}

struct dumpflt_disk_header *attack_header(struct attack *a, unsigned int copy)
{
	return (void *)(a->f.image +
			dumpflt_geometry_header(&a->f.geo, copy));
}

unsigned char *attack_fmeta(struct attack *a, __u32 slot)
{
	return a->f.image + dumpflt_geometry_fmeta(&a->f.geo, slot);
}

unsigned char *attack_chunk(struct attack *a, __u32 slot, __u64 chunk)
{
	return a->f.image + dumpflt_geometry_chunk(&a->f.geo, slot, chunk);
}

unsigned char *attack_record(struct attack *a, __u32 slot, __u64 chunk)
{
	return a->f.image + dumpflt_geometry_record(&a->f.geo, slot, chunk);
}

/* Copy A, which is the one that attacks change: see attack_try() */
struct dumpflt_disk_receipt *attack_receipt(struct attack *a, __u32 slot)
{
	return fixture_receipt(&a->f, slot, 0);
}

/* Digest and CRC of a chunk; those of one that was left alone are known */
static __u32 mend_chunk(struct attack *a, __u64 chunk)
{
	const unsigned char *data = attack_chunk(a, 0, chunk);
	const unsigned char *before = a->before + (data - a->f.image);
	unsigned char *record = attack_record(a, 0, chunk);
	const unsigned char *known = a->before + (record - a->f.image);

	if (!memcmp(data, before, CHUNK)) {
		memcpy(record + DIGEST_AT, known + DIGEST_AT, SHA256_SIZE);
		return dumpflt_record_crc(known);
	}
	EVP_Digest(data, CHUNK, record + DIGEST_AT, NULL, EVP_sha256(), NULL);
	return dumpflt_format_crc(0, data, CHUNK);
}

static void mend_records(struct attack *a, const __u8 *session)
{
	unsigned char *record;
	__u64 i;

	for (i = 0; i < a->f.geo.slot_chunks; i++) {
		record = attack_record(a, 0, i);
		/* where nothing was written, nothing is to be made valid */
		if (dumpflt_format_zero(record, 64))
			continue;
		dumpflt_record_seal(record, 64, session, i, mend_chunk(a, i));
	}
}

static void mend_column(struct attack *a, __u64 chunks, size_t at, size_t len,
			__u8 *digest)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	__u64 i;

	EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	for (i = 0; i < chunks; i++)
		EVP_DigestUpdate(ctx, attack_record(a, 0, i) + at, len);
	EVP_DigestFinal_ex(ctx, digest, NULL);
	EVP_MD_CTX_free(ctx);
}

static void mend_receipt(struct attack *a)
{
	struct dumpflt_disk_receipt *receipt = attack_receipt(a, 0);
	__u64 chunks = le64_to_cpu(receipt->chunks);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (chunks > a->f.geo.slot_chunks)
		chunks = a->f.geo.slot_chunks;
	EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	EVP_DigestUpdate(ctx, &attack_header(a, 0)->fixed,
			 sizeof(struct dumpflt_disk_fixed));
	EVP_DigestUpdate(ctx, attack_fmeta(a, 0), DUMPFLT_AREA_UNIT);
	EVP_DigestUpdate(ctx, attack_record(a, 0, 0), chunks * 64);
	EVP_DigestFinal_ex(ctx, receipt->digest, NULL);
	EVP_MD_CTX_free(ctx);
	mend_column(a, chunks, TAG_AT, DUMPFLT_AGE_TAG,
		    receipt->filters[0].meta_digest);
	mend_column(a, chunks, DIGEST_AT, SHA256_SIZE,
		    receipt->filters[1].meta_digest);
	dumpflt_receipt_seal(receipt);
}

/* All that can be made to fit again without a key */
static void mend(struct attack *a)
{
	const struct dumpflt_disk_fmeta_head *head = (void *)attack_fmeta(a, 0);
	struct dumpflt_disk_receipt *receipt = attack_receipt(a, 0);
	__u32 used = le32_to_cpu(head->used);

	if (used >= sizeof(*head) && used <= DUMPFLT_AREA_UNIT)
		dumpflt_fmeta_seal(attack_fmeta(a, 0));
	mend_records(a, attack_header(a, 0)->slots[0].session);
	/* a dump that was made a torn one has no receipt to be mended */
	if (!dumpflt_format_zero(receipt, sizeof(receipt->magic)))
		mend_receipt(a);
	dumpflt_header_seal(attack_header(a, 0));
	dumpflt_header_seal(attack_header(a, 1));
}

static int take(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct attack *a = ctx;

	assert_int_equal(offset, a->f.got_size);
	assert_true(offset + len <= a->f.data_size + CHUNK);
	memcpy(a->f.got + offset, data, len);
	a->f.got_size += len;
	return 0;
}

/* What 'verify --identity' and 'extract --identity' would say and give out */
static bool is_authentic(struct attack *a)
{
	struct area_scan wanted = { .sink = take, .ctx = a, .lanes = 3 };
	struct area_verdict verdict = { 0 };
	struct age_slot sealed = { 0 };
	struct area_slot slot;
	struct area area;

	a->f.got_size = 0;
	if (area_load(&area, &a->f.io)) {
		area_unload(&area);
		return false;
	}
	assert_int_equal(area_slot_load(&area, 0, &slot), 0);
	wanted.opener = &sealed.opener;
	if (!age_slot_open(&sealed, &slot, &a->ids))
		assert_int_equal(area_scan(&area, &slot, &wanted, &verdict), 0);
	age_slot_wipe(&sealed);
	area_slot_unload(&slot);
	area_unload(&area);
	return verdict.authentic;
}

static bool is_prefix(const struct attack *a, size_t nr)
{
	return a->f.got_size <= a->data_size[nr] &&
	       !memcmp(a->f.got, a->data[nr], a->f.got_size);
}

/**
 * attack_try() - read what an attacker has left of slot 0
 * @a: the image has been changed; the receipt, in its copy A
 * @how: what else the attacker does
 *
 * Then the image is as it was before.
 *
 * Return: true if the attack was detected
 */
bool attack_try(struct attack *a, enum attack_mend how)
{
	bool authentic;

	if (how == ATTACK_MENDED)
		mend(a);
	/* an attacker who leaves a good copy has done nothing */
	*fixture_receipt(&a->f, 0, 1) = *attack_receipt(a, 0);
	authentic = is_authentic(a);
	/* never a byte that was not dumped, and never bytes of two dumps */
	if (!is_prefix(a, 0) && !is_prefix(a, 1))
		fail_msg("attack %lu: a wrong byte was given out", a->tried);
	if (authentic && a->f.got_size != a->data_size[0])
		fail_msg("attack %lu: authentic, and not all of it", a->tried);
	a->prefix = a->f.got_size;
	a->tried++;
	if (authentic)
		a->harmless++;
	else
		a->detected++;
	memcpy(a->f.image, a->before, SIZE);
	return !authentic;
}

/* @harmless: how many may have no effect */
void attack_report(struct attack *a, const char *what, unsigned long harmless)
{
	printf("# %s: %lu attacks tried, %lu detected, %lu without effect\n",
	       what, a->tried, a->detected, a->harmless);
	assert_true(a->tried);
	assert_int_equal(a->tried, a->detected + a->harmless);
	assert_int_equal(a->harmless, harmless);
}
