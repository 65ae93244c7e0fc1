// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A whole area, changed here and there: read as the tool's commands read it.
 *
 * The input is a list of changes to a good area with one complete dump: where
 * (one of its parts, and an offset in it), how many bytes, and the bytes. A bit
 * of each says whether the checksum of that part is mended.
 *
 * Whatever comes of it: what is given out is in order, no more than what is
 * called good, and a COMPLETE dump is given out in full, and the same in any order.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/evp.h>

#include "area/area.h"
#include "fuzz.h"
#include "reader/reader.h"

#define IMAGE_SIZE	1048576
#define DUMP_SIZE	100000
#define CHUNKS		3

static __u8 good[IMAGE_SIZE] __attribute__((aligned(8)));
static __u8 image[IMAGE_SIZE] __attribute__((aligned(8)));
static struct dumpflt_geometry geo;

/* What was given out of it in order */
static __u8 dump[IMAGE_SIZE];

struct given {
	__u64 bytes;
};

static int read_image(void *ctx, void *buf, size_t len, __u64 offset)
{
	(void)ctx;
	if (offset > sizeof(image) || sizeof(image) - offset < len)
		return -ENODATA;
	memcpy(buf, image + offset, len);
	return 0;
}

static int take(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct given *given = ctx;

	promise(offset == given->bytes && len && len <= DUMPFLT_CHUNK_SIZE);
	promise(len <= sizeof(dump) - offset);
	memcpy(dump + offset, data, len);
	given->bytes += len;
	return 0;
}

static void make_filters(void *region, const __u8 session[16])
{
	struct dumpflt_disk_fmeta entry = {
		.name = "digest",
		.number = cpu_to_le16(10),
		.chunk_meta = cpu_to_le16(32),
	};

	dumpflt_fmeta_begin(region, session);
	promise(!dumpflt_fmeta_add(region, &entry, NULL));
	dumpflt_fmeta_seal(region);
}

static void make_chunks(const __u8 session[16], struct dumpflt_disk_receipt *receipt)
{
	__u8 meta[CHUNKS * 32], whole[sizeof(struct dumpflt_disk_fixed) +
				     DUMPFLT_AREA_UNIT + CHUNKS * 64];
	__u8 *records = good + dumpflt_geometry_record(&geo, 0, 0);
	size_t fixed = sizeof(struct dumpflt_disk_fixed);
	__u32 i;

	for (i = 0; i < CHUNKS; i++) {
		__u8 *chunk = good + dumpflt_geometry_chunk(&geo, 0, i);

		memset(chunk, 'a' + (int)i, i ? DUMP_SIZE - DUMPFLT_CHUNK_SIZE :
						DUMPFLT_CHUNK_SIZE);
		if (i == CHUNKS - 1)
			dumpflt_trailer_fill(chunk, session, DUMP_SIZE, CHUNKS);
		EVP_Digest(chunk, DUMPFLT_CHUNK_SIZE, records + i * 64 + 8, NULL,
			   EVP_sha256(), NULL);
		memcpy(meta + i * 32, records + i * 64 + 8, 32);
		dumpflt_record_seal(records + i * 64, 64, session, i,
				    dumpflt_format_crc(0, chunk, DUMPFLT_CHUNK_SIZE));
	}
	memcpy(whole, good, fixed);
	memcpy(whole + fixed, good + dumpflt_geometry_fmeta(&geo, 0),
	       DUMPFLT_AREA_UNIT);
	memcpy(whole + fixed + DUMPFLT_AREA_UNIT, records, CHUNKS * 64);
	EVP_Digest(whole, sizeof(whole), receipt->digest, NULL, EVP_sha256(), NULL);
	EVP_Digest(meta, sizeof(meta), receipt->filters[0].meta_digest, NULL,
		   EVP_sha256(), NULL);
}

static void make_receipt(const struct dumpflt_disk_header *header)
{
	const struct dumpflt_disk_slot *entry = &header->slots[0];
	struct dumpflt_disk_receipt *receipt =
		(void *)(good + dumpflt_geometry_receipt(&geo, 0, 0));

	memcpy(receipt->magic, DUMPFLT_MAGIC_RECEIPT, DUMPFLT_MAGIC_SIZE);
	receipt->version = cpu_to_le32(DUMPFLT_FORMAT_VERSION);
	receipt->state = cpu_to_le32(DUMPFLT_SLOT_COMPLETE);
	memcpy(receipt->uuid, header->fixed.uuid, sizeof(receipt->uuid));
	memcpy(receipt->session, entry->session, sizeof(receipt->session));
	receipt->number = entry->number;
	receipt->started = entry->started;
	receipt->dump_size = cpu_to_le64(DUMP_SIZE);
	receipt->chunks = cpu_to_le64(CHUNKS);
	receipt->nr_filters = cpu_to_le32(1);
	memcpy(receipt->filters[0].name, "digest", 7);
	receipt->filters[0].number = cpu_to_le16(10);
	receipt->filters[0].chunk_meta = cpu_to_le16(32);
	make_chunks(entry->session, receipt);
	dumpflt_receipt_seal(receipt);
	memcpy(good + dumpflt_geometry_receipt(&geo, 0, 1), receipt,
	       sizeof(*receipt));
}

static void make_good(void)
{
	static const __u8 uuid[16] = "an area's uuid!";
	static const __u8 session[16] = "a session here!";
	struct dumpflt_disk_header *header = (void *)good;

	promise(!dumpflt_geometry_make(&geo, sizeof(good), 1, 64));
	dumpflt_header_init(header, &geo, uuid, 1, 0);
	promise(dumpflt_slot_start(header, 0, session, 1));
	dumpflt_header_seal(header);
	memcpy(good + dumpflt_geometry_header(&geo, 1), header, sizeof(*header));
	make_filters(good + dumpflt_geometry_fmeta(&geo, 0), session);
	make_receipt(header);
}

struct part {
	__u64	offset;
	size_t	size;
};

static struct part find_part(unsigned int which)
{
	switch (which % 8) {
	case 0:
	case 1:
		return (struct part){ dumpflt_geometry_header(&geo, which % 8),
				      sizeof(struct dumpflt_disk_header) };
	case 2:
		return (struct part){ dumpflt_geometry_fmeta(&geo, 0),
				      DUMPFLT_AREA_UNIT };
	case 3:
		return (struct part){ dumpflt_geometry_record(&geo, 0, 0),
				      CHUNKS * 64 };
	case 4:
	case 5:
		return (struct part){ dumpflt_geometry_receipt(&geo, 0, which % 8 - 4),
				      sizeof(struct dumpflt_disk_receipt) };
	default:
		return (struct part){ dumpflt_geometry_chunk(&geo, 0, which % 8 - 6),
				      2 * DUMPFLT_CHUNK_SIZE };
	}
}

static void mend(unsigned int which, __u8 *at)
{
	struct dumpflt_disk_fmeta_head *head = (void *)at;

	if (which % 8 < 2)
		dumpflt_header_seal((void *)at);
	else if (which % 8 == 4 || which % 8 == 5)
		dumpflt_receipt_seal((void *)at);
	else if (which % 8 == 2 && le32_to_cpu(head->used) >= sizeof(*head) &&
		 le32_to_cpu(head->used) <= DUMPFLT_AREA_UNIT)
		dumpflt_fmeta_seal(at);
}

/* part and mend bit, offset (2 bytes), length, bytes */
static void change(const __u8 *data, size_t size)
{
	while (size > 4) {
		struct part part = find_part(data[0] / 2);
		size_t offset = (data[1] + 256U * data[2]) % part.size;
		size_t len = data[3] % 64;

		if (len > size - 4)
			len = size - 4;
		if (len > part.size - offset)
			len = part.size - offset;
		memcpy(image + part.offset + offset, data + 4, len);
		if (data[0] & 1)
			mend(data[0] / 2, image + part.offset);
		data += 4 + len;
		size -= 4 + len;
	}
}

/* What is given out over holes, which end before what is good, or with the dump */
struct over {
	__u64	end;
	bool	hole;
};

static int take_good(void *ctx, __u64 offset, const void *data, size_t len)
{
	struct over *over = ctx;

	(void)data;
	promise(len && offset == over->end);
	over->end += len;
	over->hole = false;
	return 0;
}

static int take_hole(void *ctx, __u64 offset, __u64 len)
{
	struct over *over = ctx;

	promise(len && offset == over->end && !over->hole);
	over->end += len;
	over->hole = true;
	return 0;
}

/* Nothing else than what is missing is said otherwise */
static void look_over(const struct area *area, const struct area_slot *slot,
		      const struct area_verdict *other)
{
	struct over over = { .end = 0 };
	const struct area_scan wanted = { .sink = take_good, .hole = take_hole, .ctx = &over };
	struct area_verdict verdict;

	promise(!area_scan(area, slot, &wanted, &verdict));
	promise(verdict.complete == other->complete);
	promise(over.end >= verdict.good_bytes);
	promise(verdict.bad_chunks || verdict.good_bytes == over.end);
	if (verdict.complete)
		promise(over.end == verdict.dump_size);
	if (verdict.size_known)
		promise(over.end <= verdict.dump_size);
	if (verdict.withheld)
		promise(!over.end);
}

/* In pieces of a length that is no part of a chunk's, from the end: what was given out in order */
static void read_in_place(const struct area *area, const struct area_slot *slot, __u64 size)
{
	const struct dump_source source = {
		.kind = DUMP_IN_SLOT, .area = area, .slot = slot, .size = size,
	};
	struct dump_reader reader;
	__u8 piece[4099];
	__u64 at = size;

	promise(!dump_reader_open(&reader, &source));
	while (at) {
		size_t len = at < sizeof(piece) ? (size_t)at : sizeof(piece);

		at -= len;
		promise(!dump_reader_read(&reader, piece, len, at));
		promise(!memcmp(piece, dump + at, len));
	}
	promise(dump_reader_read(&reader, piece, 1, size) == -ENODATA);
	dump_reader_close(&reader);
}

static void look(const struct area *area, __u32 number, bool unchanged)
{
	struct area_verdict verdict;
	struct given given = { 0 };
	struct area_slot slot;

	promise(!area_slot_load(area, number, &slot));
	promise(!area_verify(area, &slot, take, &given, &verdict));
	promise(given.bytes == verdict.good_bytes);
	promise(!verdict.complete == !!verdict.problem[0]);
	if (verdict.complete)
		promise(verdict.size_known && given.bytes == verdict.dump_size);
	if (unchanged)
		promise(verdict.complete && given.bytes == DUMP_SIZE);
	if (verdict.complete)
		read_in_place(area, &slot, verdict.dump_size);
	look_over(area, &slot, &verdict);
	area_slot_unload(&slot);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct area_io io = { .read = read_image, .size = sizeof(image), .fd = -1 };
	struct area area;
	__u32 i;

	if (!geo.nr_slots)
		make_good();
	memcpy(image, good, sizeof(image));
	change(data, size);
	if (area_load(&area, &io)) {
		area_unload(&area);
		return 0;
	}
	for (i = 0; i < area.geo.nr_slots; i++)
		look(&area, i, size <= 4);
	area_unload(&area);
	return 0;
}
