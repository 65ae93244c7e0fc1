// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes dumps into a dump area, as the kernel would.
 *
 * It follows the description of the format, not the module's code, so that the
 * two can be wrong in different ways only.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "area_writer.h"

#define SHA256_SIZE	32
#define STARTED		1790000000
#define ENDED		1790000060
#define STORED		"hello"

static void put(struct area_writer *w, const void *data, size_t len,
		__u64 offset)
{
	if (pwrite(w->area->io->fd, data, len, (off_t)offset) != (ssize_t)len)
		err(1, "pwrite");
}

/* aligned as the format wants what it looks at to be */
static void *get_memory(size_t size)
{
	void *memory = aligned_alloc(8, size);

	if (!memory)
		err(1, "aligned_alloc");
	memset(memory, 0, size);
	return memory;
}

static EVP_MD_CTX *begin_digest(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (!ctx || !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
		errx(1, "no SHA-256");
	return ctx;
}

/**
 * area_writer_start() - enter a dump into the header
 * @area: loaded from a writable io
 * @session: NULL: one that differs from dump to dump
 *
 * Return: the slot that it goes to
 */
__u32 area_writer_start(struct area *area, const __u8 *session)
{
	int slot = dumpflt_slot_choose(area->header);
	__u8 own[16];

	if (slot < 0)
		errx(1, "no free slot");
	memset(own, 0x51, sizeof(own));
	memcpy(own, &area->header->sessions, sizeof(area->header->sessions));
	if (!dumpflt_slot_start(area->header, (__u32)slot,
				session ? session : own, STARTED))
		errx(1, "dumpflt_slot_start");
	if (area_write_header(area))
		errx(1, "area_write_header");
	return (__u32)slot;
}

static const __u8 *session_of(const struct area_writer *w)
{
	return w->area->header->slots[w->slot].session;
}

static size_t stored_len(const struct area_writer_filter *filter)
{
	return filter->age ? filter->age->len : strlen(STORED);
}

static void put_fmeta(struct area_writer *w)
{
	const struct dumpflt_geometry *geo = &w->area->geo;
	void *region = get_memory(DUMPFLT_AREA_UNIT);
	__u32 i;

	dumpflt_fmeta_begin(region, session_of(w));
	for (i = 0; i < w->nr_filters; i++) {
		struct dumpflt_disk_fmeta entry = {
			.number = cpu_to_le16((__u16)(10 * (i + 1))),
			.chunk_meta = cpu_to_le16(w->filters[i].chunk_meta),
			.flags = cpu_to_le32(w->filters[i].flags),
			.len = cpu_to_le32((__u32)stored_len(&w->filters[i])),
		};

		strncpy((char *)entry.name, w->filters[i].name,
			sizeof(entry.name) - 1);
		if (dumpflt_fmeta_add(region, &entry, w->filters[i].age ?
				      w->filters[i].age->stored : STORED))
			errx(1, "dumpflt_fmeta_add");
	}
	dumpflt_fmeta_seal(region);
	put(w, region, DUMPFLT_AREA_UNIT, dumpflt_geometry_fmeta(geo, w->slot));
	EVP_DigestUpdate(w->whole, &w->area->header->fixed,
			 sizeof(w->area->header->fixed));
	EVP_DigestUpdate(w->whole, region, DUMPFLT_AREA_UNIT);
	free(region);
}

/**
 * area_writer_open() - write what comes before the chunks
 * @w: filled
 * @area: as for area_writer_start(), which may have been another process
 * @slot: what that returned
 * @filters: must outlive @w
 * @nr: entries of @filters
 */
void area_writer_open(struct area_writer *w, struct area *area, __u32 slot,
		      const struct area_writer_filter *filters, __u32 nr)
{
	static const __u8 zeros[sizeof(struct dumpflt_disk_receipt)];
	__u32 i;

	memset(w, 0, sizeof(*w));
	w->area = area;
	w->slot = slot;
	w->filters = filters;
	w->nr_filters = nr;
	w->durability = DUMPFLT_DURABLE_FLUSH;
	w->chunk = get_memory(DUMPFLT_CHUNK_SIZE);
	w->whole = begin_digest();
	for (i = 0; i < nr; i++)
		w->column[i] = begin_digest();
	put_fmeta(w);
	for (i = 0; i < 2; i++)
		put(w, zeros, sizeof(zeros),
		    dumpflt_geometry_receipt(&area->geo, slot, i));
}

/* What a filter does to a chunk, and keeps of it in its record */
static void filter_chunk(const struct area_writer *w,
			 const struct area_writer_filter *filter, bool last,
			 __u8 *meta)
{
	__u8 *chunk = w->chunk;
	size_t i;

	if (filter->flags & DUMPFLT_DISK_FILTER_F_LEFT_OUT)
		return;
	if (filter->age) {
		age_writer_chunk(filter->age, w->chunks, last, chunk, meta);
		return;
	}
	if (filter->flags & DUMPFLT_DISK_FILTER_F_CHANGES)
		for (i = 0; i < DUMPFLT_CHUNK_SIZE; i++)
			chunk[i] ^= 0xff;
	if (!strcmp(filter->name, "digest"))
		EVP_Digest(chunk, DUMPFLT_CHUNK_SIZE, meta, NULL, EVP_sha256(),
			   NULL);
	else
		memset(meta, 0x7e, filter->chunk_meta);
}

static void put_chunk(struct area_writer *w, bool last)
{
	__u8 record[DUMPFLT_RECORD_MAX] __attribute__((aligned(8))) = { 0 };
	__u8 *meta = record + sizeof(struct dumpflt_disk_record);
	const struct dumpflt_geometry *geo = &w->area->geo;
	__u32 i;

	for (i = 0; i < w->nr_filters; i++) {
		filter_chunk(w, &w->filters[i], last, meta);
		EVP_DigestUpdate(w->column[i], meta, w->filters[i].chunk_meta);
		meta += w->filters[i].chunk_meta;
	}
	dumpflt_record_seal(record, geo->record_size, session_of(w), w->chunks,
			    dumpflt_format_crc(0, w->chunk, DUMPFLT_CHUNK_SIZE));
	put(w, w->chunk, DUMPFLT_CHUNK_SIZE,
	    dumpflt_geometry_chunk(geo, w->slot, w->chunks));
	put(w, record, geo->record_size,
	    dumpflt_geometry_record(geo, w->slot, w->chunks));
	EVP_DigestUpdate(w->whole, record, geo->record_size);
	memset(w->chunk, 0, DUMPFLT_CHUNK_SIZE);
	w->chunks++;
	w->have = 0;
}

/* The last chunk is written by area_writer_trailer(), or never */
void area_writer_data(struct area_writer *w, const void *data, size_t len)
{
	const __u8 *from = data;
	size_t n;

	w->size += len;
	while (len) {
		if (w->have == DUMPFLT_CHUNK_SIZE)
			put_chunk(w, false);
		n = DUMPFLT_CHUNK_SIZE - w->have;
		if (n > len)
			n = len;
		memcpy(w->chunk + w->have, from, n);
		w->have += n;
		from += n;
		len -= n;
	}
}

/* The rest of the dump, without a trailer: for one that is torn */
void area_writer_rest(struct area_writer *w)
{
	if (w->have)
		put_chunk(w, false);
}

void area_writer_trailer(struct area_writer *w)
{
	area_writer_rest(w);
	dumpflt_trailer_fill(w->chunk, session_of(w), w->size, w->chunks + 1);
	put_chunk(w, true);
}

static void fill_filters(struct area_writer *w,
			 struct dumpflt_disk_receipt *receipt, bool complete)
{
	__u32 i;

	receipt->nr_filters = cpu_to_le32(w->nr_filters);
	for (i = 0; i < w->nr_filters; i++) {
		struct dumpflt_disk_filter *filter = &receipt->filters[i];

		strncpy((char *)filter->name, w->filters[i].name,
			sizeof(filter->name) - 1);
		filter->number = cpu_to_le16((__u16)(10 * (i + 1)));
		filter->chunk_meta = cpu_to_le16(w->filters[i].chunk_meta);
		filter->flags = cpu_to_le32(w->filters[i].flags);
		filter->fmeta_len = cpu_to_le32((__u32)stored_len(&w->filters[i]));
		filter->writes = cpu_to_le64(w->chunks);
		filter->bytes = cpu_to_le64(w->chunks * DUMPFLT_CHUNK_SIZE);
		if (complete && filter->chunk_meta)
			EVP_DigestFinal_ex(w->column[i], filter->meta_digest,
					   NULL);
	}
}

/* A filter that has a key vouches for the receipt; it is the last to touch it */
static void put_mac(const struct area_writer *w,
		    struct dumpflt_disk_receipt *receipt)
{
	__u32 i;

	for (i = 0; i < w->nr_filters; i++) {
		if (!w->filters[i].age)
			continue;
		receipt->mac_filter = cpu_to_le32(i + 1);
		age_writer_receipt(w->filters[i].age, receipt);
	}
}

/**
 * area_writer_receipt() - say what became of the dump
 * @w: everything else is written
 * @state: DUMPFLT_SLOT_COMPLETE, _FAILED or _INTERRUPTED
 * @text: why it is not COMPLETE, else NULL
 *
 * Before that, the other copy of the header learns of the dump.
 */
void area_writer_receipt(struct area_writer *w, __u32 state, const char *text)
{
	const struct dumpflt_disk_slot *entry = &w->area->header->slots[w->slot];
	struct dumpflt_disk_receipt receipt = {
		.version = cpu_to_le32(DUMPFLT_FORMAT_VERSION),
		.state = cpu_to_le32(state),
		.number = entry->number,
		.slot = cpu_to_le32(w->slot),
		.started = entry->started,
		.ended = cpu_to_le64(ENDED),
		.dump_size = cpu_to_le64(w->size),
		.chunks = cpu_to_le64(w->chunks),
		.durability = cpu_to_le32(w->durability),
		.written = cpu_to_le64(w->chunks * DUMPFLT_CHUNK_SIZE),
	};
	__u32 i;

	if (!dumpflt_header_touch(w->area->header) || area_write_header(w->area))
		errx(1, "area_write_header");
	memcpy(receipt.magic, DUMPFLT_MAGIC_RECEIPT, DUMPFLT_MAGIC_SIZE);
	memcpy(receipt.uuid, w->area->header->fixed.uuid, sizeof(receipt.uuid));
	memcpy(receipt.session, entry->session, sizeof(receipt.session));
	fill_filters(w, &receipt, state == DUMPFLT_SLOT_COMPLETE);
	if (state == DUMPFLT_SLOT_COMPLETE)
		EVP_DigestFinal_ex(w->whole, receipt.digest, NULL);
	else
		receipt.err = cpu_to_le32(5);
	if (text)
		strncpy((char *)receipt.text, text, sizeof(receipt.text) - 1);
	put_mac(w, &receipt);
	dumpflt_receipt_seal(&receipt);
	for (i = 0; i < 2; i++)
		put(w, &receipt, sizeof(receipt),
		    dumpflt_geometry_receipt(&w->area->geo, w->slot, i));
}

void area_writer_close(struct area_writer *w)
{
	__u32 i;

	EVP_MD_CTX_free(w->whole);
	for (i = 0; i < w->nr_filters; i++)
		EVP_MD_CTX_free(w->column[i]);
	free(w->chunk);
}
