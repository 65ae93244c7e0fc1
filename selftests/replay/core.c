// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The writes and flushes of one dump, in the order of the module, or not.
 *
 * Follows the head of module/core/layout/start.c and session.c: header, FLUSH;
 * no receipts, FLUSH; filter metadata, FLUSH; chunks, not quite in order, with a
 * checkpoint of the records at each flush from above; trailer; rest of the
 * records and the other header, FLUSH; receipts, FLUSH. Each rule can be broken
 * by itself: a proof is one only if it can fail.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <err.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "core.h"

#define FILTER		"digest"
#define FILTER_NUMBER	10
#define DIGEST_SIZE	32

/**
 * struct session - one dump
 * @core: who writes it
 * @slot: where
 * @size: bytes of it
 * @chunks: chunks, trailer included
 * @data: the chunks
 * @records: what has been sealed of the records
 * @fmeta: DUMPFLT_AREA_UNIT bytes
 * @receipt: zeros, until it is filled
 * @filters: that the dump passes
 * @nr_filters: how many
 */
struct session {
	struct core	*core;
	u32		slot;
	u64		size;
	u64		chunks;
	u8		*data;
	u8		*records;
	u8		*fmeta;
	u8		*receipt;
	struct dumpflt_disk_fmeta filters[DUMPFLT_MAX_FILTERS];
	u32		nr_filters;
};

bool core_breaks(const struct core *core, enum rule rule)
{
	return core->broken >> rule & 1;
}

static const u8 *id_of(const struct session *s)
{
	return s->core->header.slots[s->slot].session;
}

static void put_header(struct core *core)
{
	if (!core_breaks(core, SAME_HEADER))
		core->copy = !core->copy;
	dumpflt_header_seal(&core->header);
	core_put(core, &core->header, sizeof(core->header),
		 dumpflt_geometry_header(&core->geo, core->copy));
	if (core_breaks(core, BOTH_HEADERS))
		core_put(core, &core->header, sizeof(core->header),
			 dumpflt_geometry_header(&core->geo, !core->copy));
}

static void add_filter(struct session *s, const u8 *name, u16 number, u32 flags)
{
	struct dumpflt_disk_fmeta *filter = &s->filters[s->nr_filters++];

	memcpy(filter->name, name, sizeof(filter->name));
	filter->number = cpu_to_le16(number);
	filter->flags = cpu_to_le32(flags);
	if (!strncmp((const char *)name, FILTER, sizeof(filter->name)))
		filter->chunk_meta = cpu_to_le16(DIGEST_SIZE);
}

/* Those of the area's policy, if it has one. All but digest leave no trace */
static void choose_filters(struct session *s)
{
	static const u8 digest[DUMPFLT_NAME_MAX] = FILTER;
	const struct dumpflt_disk_policy *policy = NULL;

	while ((policy = dumpflt_policy_next(&s->core->header, policy)))
		add_filter(s, policy->name, le16_to_cpu(policy->number),
			   le16_to_cpu(policy->flags) & DUMPFLT_POLICY_F_CRITICAL ?
			   DUMPFLT_DISK_FILTER_F_CRITICAL : 0);
	if (!s->nr_filters)
		add_filter(s, digest, FILTER_NUMBER, 0);
}

static void put_fmeta(struct session *s)
{
	u32 i;

	dumpflt_fmeta_begin(s->fmeta, id_of(s));
	for (i = 0; i < s->nr_filters; i++)
		if (dumpflt_fmeta_add(s->fmeta, &s->filters[i], NULL))
			errx(1, "dumpflt_fmeta_add");
	dumpflt_fmeta_seal(s->fmeta);
	core_put(s->core, s->fmeta, DUMPFLT_AREA_UNIT,
		 dumpflt_geometry_fmeta(&s->core->geo, s->slot));
}

static void put_receipts(struct session *s, const void *receipt)
{
	unsigned int copy;

	for (copy = 0; copy < 2; copy++)
		core_put(s->core, receipt, sizeof(struct dumpflt_disk_receipt),
			 dumpflt_geometry_receipt(&s->core->geo, s->slot, copy));
}

static u8 *record_of(const struct session *s, u64 chunk)
{
	return s->records + chunk * s->core->geo.record_size;
}

static void seal_record(const struct session *s, u64 chunk, u8 *record)
{
	const u8 *data = s->data + chunk * DUMPFLT_CHUNK_SIZE;

	EVP_Digest(data, DUMPFLT_CHUNK_SIZE, record + sizeof(struct dumpflt_disk_record),
		   NULL, EVP_sha256(), NULL);
	dumpflt_record_seal(record, s->core->geo.record_size, id_of(s), chunk,
			    dumpflt_format_crc(0, data, DUMPFLT_CHUNK_SIZE));
}

static void put_chunk(struct session *s, u64 chunk)
{
	u32 slot = core_breaks(s->core, WRONG_SLOT) ? 0 : s->slot;

	core_put(s->core, s->data + chunk * DUMPFLT_CHUNK_SIZE, DUMPFLT_CHUNK_SIZE,
		 dumpflt_geometry_chunk(&s->core->geo, slot, chunk));
	seal_record(s, chunk, record_of(s, chunk));
}

/* Blocks of records, from that of chunk @from to that of chunk @to - 1 */
static void put_records(struct session *s, u64 from, u64 to)
{
	u64 per_block = DUMPFLT_AREA_BLOCK / s->core->geo.record_size;
	u64 chunk;

	for (chunk = from - from % per_block; chunk < to; chunk += per_block)
		core_put(s->core, record_of(s, chunk), DUMPFLT_AREA_BLOCK,
			 dumpflt_geometry_record(&s->core->geo, s->slot, chunk));
}

/* All but the trailer; neighbours overtake each other, as requests do */
static void put_chunks(struct session *s)
{
	u64 chunk, saved = 0, last = s->chunks - 1;

	for (chunk = 0; chunk < last; chunk++) {
		put_chunk(s, (chunk ^ 1) < last ? chunk ^ 1 : chunk);
		if (!s->core->flush_every || (chunk + 1) % s->core->flush_every)
			continue;
		put_records(s, saved, chunk + 1);
		core_flush(s->core);
		saved = chunk + 1;
	}
}

static void digest(const struct session *s, struct dumpflt_disk_receipt *receipt)
{
	u32 size = s->core->geo.record_size;
	u8 *records = core_alloc(s->chunks * size);
	EVP_MD_CTX *whole = EVP_MD_CTX_new(), *column = EVP_MD_CTX_new();
	u64 i;

	if (!whole || !column || !EVP_DigestInit_ex(whole, EVP_sha256(), NULL) ||
	    !EVP_DigestInit_ex(column, EVP_sha256(), NULL))
		errx(1, "no SHA-256");
	EVP_DigestUpdate(whole, &s->core->header.fixed, sizeof(s->core->header.fixed));
	EVP_DigestUpdate(whole, s->fmeta, DUMPFLT_AREA_UNIT);
	for (i = 0; i < s->chunks; i++) {
		u8 *record = records + i * size;

		seal_record(s, i, record);
		EVP_DigestUpdate(whole, record, size);
		EVP_DigestUpdate(column, record + sizeof(struct dumpflt_disk_record),
				 DIGEST_SIZE);
	}
	EVP_DigestFinal_ex(whole, receipt->digest, NULL);
	for (i = 0; i < s->nr_filters; i++)
		if (s->filters[i].chunk_meta)
			EVP_DigestFinal_ex(column, receipt->filters[i].meta_digest, NULL);
	EVP_MD_CTX_free(whole);
	EVP_MD_CTX_free(column);
	free(records);
}

static void fill_receipt(struct session *s)
{
	const struct dumpflt_disk_slot *entry = &s->core->header.slots[s->slot];
	struct dumpflt_disk_receipt *receipt = (void *)s->receipt;
	u32 i;

	memcpy(receipt->magic, DUMPFLT_MAGIC_RECEIPT, DUMPFLT_MAGIC_SIZE);
	memcpy(receipt->uuid, s->core->header.fixed.uuid, sizeof(receipt->uuid));
	memcpy(receipt->session, entry->session, sizeof(receipt->session));
	receipt->version = cpu_to_le32(DUMPFLT_FORMAT_VERSION);
	receipt->state = cpu_to_le32(DUMPFLT_SLOT_COMPLETE);
	receipt->number = entry->number;
	receipt->slot = cpu_to_le32(s->slot);
	receipt->started = entry->started;
	receipt->ended = entry->started;
	receipt->dump_size = cpu_to_le64(s->size);
	receipt->chunks = cpu_to_le64(s->chunks);
	receipt->written = cpu_to_le64(s->chunks * DUMPFLT_CHUNK_SIZE);
	receipt->nr_filters = cpu_to_le32(s->nr_filters);
	for (i = 0; i < s->nr_filters; i++) {
		memcpy(receipt->filters[i].name, s->filters[i].name, DUMPFLT_NAME_MAX);
		receipt->filters[i].number = s->filters[i].number;
		receipt->filters[i].chunk_meta = s->filters[i].chunk_meta;
		receipt->filters[i].flags = s->filters[i].flags;
	}
	digest(s, receipt);
	dumpflt_receipt_seal(receipt);
}

static void begin(struct session *s)
{
	struct core *core = s->core;
	u8 id[16] = { 0x51 };

	id[15] = (u8)le64_to_cpu(core->header.sessions) + 1;
	if (dumpflt_slot_start(&core->header, s->slot, id, 1790000000 + id[15]))
		put_header(core);
	if (!core_breaks(core, NO_HEADER_FLUSH))
		core_flush(core);
	if (!core_breaks(core, NO_ZEROING))
		put_receipts(s, s->receipt);
	if (!core_breaks(core, NO_ZERO_FLUSH))
		core_flush(core);
	put_fmeta(s);
	if (!core_breaks(core, NO_START_FLUSH))
		core_flush(core);
}

static void finish(struct session *s)
{
	struct core *core = s->core;

	put_chunk(s, s->chunks - 1);
	if (!core_breaks(core, NO_RECORDS))
		put_records(s, 0, s->chunks);
	if (!core_breaks(core, ONE_HEADER) && dumpflt_header_touch(&core->header))
		put_header(core);
	if (!core_breaks(core, NO_FINAL_FLUSH))
		core_flush(core);
	if (!core_breaks(core, RECEIPT_FIRST)) {
		fill_receipt(s);
		put_receipts(s, s->receipt);
	}
	if (!core_breaks(core, NO_RECEIPT_FLUSH))
		core_flush(core);
}

void core_dump(struct core *core, const void *data, u64 size)
{
	struct session s = { .core = core, .size = size };
	int slot = dumpflt_slot_choose(&core->header);

	s.chunks = (size + DUMPFLT_CHUNK_SIZE - 1) / DUMPFLT_CHUNK_SIZE + 1;
	if (slot < 0 || s.chunks > core->geo.slot_chunks)
		errx(1, "no slot, or too small a slot");
	s.slot = (u32)slot;
	choose_filters(&s);
	s.data = core_alloc(s.chunks * DUMPFLT_CHUNK_SIZE);
	s.records = core_alloc(core->geo.slot_chunks * core->geo.record_size +
			       DUMPFLT_AREA_BLOCK);
	s.fmeta = core_alloc(DUMPFLT_AREA_UNIT);
	s.receipt = core_alloc(sizeof(struct dumpflt_disk_receipt));
	memcpy(s.data, data, size);
	begin(&s);
	dumpflt_trailer_fill(s.data + (s.chunks - 1) * DUMPFLT_CHUNK_SIZE, id_of(&s), size,
			     s.chunks);
	if (core_breaks(core, RECEIPT_FIRST)) {
		fill_receipt(&s);
		put_receipts(&s, s.receipt);
		core_flush(core);
	}
	put_chunks(&s);
	finish(&s);
	free(s.data);
	free(s.records);
	free(s.fmeta);
	free(s.receipt);
}
