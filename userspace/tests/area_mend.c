// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What somebody who can write to a disk, and has no key, does after a change:
 * every checksum and digest is made to fit again.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "area_mend.h"
#include "unit.h"

#define DIGEST_SIZE	32

static struct dumpflt_disk_header *header_of(struct fixture *f, unsigned int copy)
{
	return (void *)(f->image + dumpflt_geometry_header(&f->geo, copy));
}

static unsigned char *record_of(struct fixture *f, __u32 slot, __u64 chunk)
{
	return f->image + dumpflt_geometry_record(&f->geo, slot, chunk);
}

static const void *fmeta_of(struct fixture *f, __u32 slot)
{
	return f->image + dumpflt_geometry_fmeta(&f->geo, slot);
}

/* One more filter in the policy of an area that has no dump yet */
void mend_policy(struct fixture *f, const char *name, unsigned int number,
		 __u32 flags)
{
	unsigned int copy;

	for (copy = 0; copy < 2; copy++) {
		assert_null(dumpflt_policy_add(header_of(f, copy), name, number,
					       flags, "", 0));
		dumpflt_header_seal(header_of(f, copy));
	}
}

/* The digest of a chunk, where the filter "digest" keeps it */
static void mend_digest(struct fixture *f, __u32 slot, __u64 chunk)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	size_t at = sizeof(struct dumpflt_disk_record);

	while ((entry = dumpflt_fmeta_next(fmeta_of(f, slot), entry))) {
		if (!strcmp((const char *)entry->name, "digest") &&
		    le16_to_cpu(entry->chunk_meta) == DIGEST_SIZE)
			EVP_Digest(f->image + dumpflt_geometry_chunk(&f->geo, slot, chunk),
				   DUMPFLT_CHUNK_SIZE,
				   record_of(f, slot, chunk) + at, NULL,
				   EVP_sha256(), NULL);
		at += le16_to_cpu(entry->chunk_meta);
	}
}

static void mend_records(struct fixture *f, __u32 slot)
{
	const struct dumpflt_disk_fmeta_head *head = fmeta_of(f, slot);
	__u64 i;

	for (i = 0; i < f->geo.slot_chunks; i++) {
		/* where nothing was written, nothing is to be made valid */
		if (dumpflt_format_zero(record_of(f, slot, i), f->geo.record_size))
			continue;
		mend_digest(f, slot, i);
		dumpflt_record_seal(record_of(f, slot, i), f->geo.record_size,
				    head->session, i,
				    dumpflt_format_crc(0, f->image +
					dumpflt_geometry_chunk(&f->geo, slot, i),
					DUMPFLT_CHUNK_SIZE));
	}
}

static void mend_columns(struct fixture *f, __u32 slot,
			 struct dumpflt_disk_receipt *receipt)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	size_t at = sizeof(struct dumpflt_disk_record), len;
	__u64 i, chunks = le64_to_cpu(receipt->chunks);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	__u32 nr = 0;

	while ((entry = dumpflt_fmeta_next(fmeta_of(f, slot), entry))) {
		len = le16_to_cpu(entry->chunk_meta);
		EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
		for (i = 0; i < chunks; i++)
			EVP_DigestUpdate(ctx, record_of(f, slot, i) + at, len);
		if (len)
			EVP_DigestFinal_ex(ctx, receipt->filters[nr].meta_digest,
					   NULL);
		nr++;
		at += len;
	}
	EVP_MD_CTX_free(ctx);
}

static void mend_whole(struct fixture *f, __u32 slot,
		       struct dumpflt_disk_receipt *receipt)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	EVP_DigestUpdate(ctx, &header_of(f, 0)->fixed,
			 sizeof(struct dumpflt_disk_fixed));
	EVP_DigestUpdate(ctx, fmeta_of(f, slot), DUMPFLT_AREA_UNIT);
	EVP_DigestUpdate(ctx, record_of(f, slot, 0),
			 le64_to_cpu(receipt->chunks) * f->geo.record_size);
	EVP_DigestFinal_ex(ctx, receipt->digest, NULL);
	EVP_MD_CTX_free(ctx);
}

/* Of the receipt, copy A is what was changed, and what copy B becomes */
void mend_slot(struct fixture *f, __u32 slot)
{
	struct dumpflt_disk_receipt *receipt = fixture_receipt(f, slot, 0);
	struct dumpflt_disk_fmeta_head *head = (void *)fmeta_of(f, slot);
	bool torn = dumpflt_format_zero(receipt, sizeof(receipt->magic));

	dumpflt_header_seal(header_of(f, 0));
	dumpflt_header_seal(header_of(f, 1));
	dumpflt_fmeta_seal(head);
	mend_records(f, slot);
	if (!torn && le32_to_cpu(receipt->state) == DUMPFLT_SLOT_COMPLETE) {
		mend_columns(f, slot, receipt);
		mend_whole(f, slot, receipt);
	}
	if (!torn)
		dumpflt_receipt_seal(receipt);
	*fixture_receipt(f, slot, 1) = *receipt;
}
