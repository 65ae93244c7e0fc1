// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Filter metadata, receipt, record and trailer, changed here and there: refused,
 * or everything in them is in bounds.
 *
 * The last byte of the input says which of them it is, and whether checksums
 * are mended.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "fuzz.h"

static struct dumpflt_disk_header header;
static __u8 region[DUMPFLT_AREA_UNIT] __attribute__((aligned(8)));

static void make_header(void)
{
	static const __u8 uuid[16] = "an area's uuid!";
	static const __u8 session[16] = "a session here!";
	struct dumpflt_geometry geo;

	promise(!dumpflt_geometry_make(&geo, 1 << 21, 2, 64));
	dumpflt_header_init(&header, &geo, uuid, 1, 0);
	promise(dumpflt_slot_start(&header, 0, session, 1));
}

static void make_fmeta(void)
{
	struct dumpflt_disk_fmeta entry = {
		.name = "digest",
		.number = cpu_to_le16(10),
		.chunk_meta = cpu_to_le16(32),
		.len = cpu_to_le32(13),
	};

	dumpflt_fmeta_begin(region, header.slots[0].session);
	promise(!dumpflt_fmeta_add(region, &entry, "what is kept"));
	entry.number = cpu_to_le16(20);
	entry.chunk_meta = cpu_to_le16(16);
	promise(!dumpflt_fmeta_add(region, &entry, "what is kept"));
	dumpflt_fmeta_seal(region);
}

static void make_receipt(void)
{
	const struct dumpflt_disk_slot *entry = &header.slots[0];
	struct dumpflt_disk_receipt *receipt = (void *)region;

	memcpy(receipt->magic, DUMPFLT_MAGIC_RECEIPT, DUMPFLT_MAGIC_SIZE);
	receipt->version = cpu_to_le32(DUMPFLT_FORMAT_VERSION);
	receipt->state = cpu_to_le32(DUMPFLT_SLOT_COMPLETE);
	memcpy(receipt->uuid, header.fixed.uuid, sizeof(receipt->uuid));
	memcpy(receipt->session, entry->session, sizeof(receipt->session));
	receipt->number = entry->number;
	receipt->started = entry->started;
	receipt->dump_size = cpu_to_le64(100000);
	receipt->chunks = cpu_to_le64(3);
	receipt->nr_filters = cpu_to_le32(1);
	receipt->mac_filter = cpu_to_le32(1);
	memset(receipt->mac, 7, sizeof(receipt->mac));
	memcpy(receipt->filters[0].name, "digest", 7);
	dumpflt_receipt_seal(receipt);
}

static void try_fmeta(bool mend)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	struct dumpflt_disk_fmeta_head *head = (void *)region;
	size_t meta = sizeof(struct dumpflt_disk_record);
	__u32 i;

	if (mend && le32_to_cpu(head->used) >= sizeof(*head) &&
	    le32_to_cpu(head->used) <= sizeof(region))
		dumpflt_fmeta_seal(region);
	if (dumpflt_fmeta_check(region, &header.slots[0], 64))
		return;
	while ((entry = dumpflt_fmeta_next(region, entry))) {
		const __u8 *data = dumpflt_fmeta_data(entry);

		promise(data + le32_to_cpu(entry->len) <= region + sizeof(region));
		promise(entry->name[DUMPFLT_NAME_MAX - 1] == '\0');
		for (i = 0; i < le32_to_cpu(entry->len); i++)
			fuzz_touch(data[i]);
		meta += le16_to_cpu(entry->chunk_meta);
	}
	promise(meta <= 64 && meta == dumpflt_fmeta_record_used(region));
}

static void try_receipt(bool mend)
{
	struct dumpflt_disk_receipt *receipt = (void *)region;
	__u32 i;

	if (mend)
		dumpflt_receipt_seal(receipt);
	if (dumpflt_receipt_check(receipt, &header, 0))
		return;
	promise(le64_to_cpu(receipt->chunks) <=
		le32_to_cpu(header.fixed.slot_chunks));
	promise(le64_to_cpu(receipt->dump_size) <=
		le64_to_cpu(receipt->chunks) * DUMPFLT_CHUNK_SIZE);
	promise(le32_to_cpu(receipt->nr_filters) <= DUMPFLT_MAX_FILTERS);
	promise(!receipt->text[DUMPFLT_RECEIPT_TEXT - 1]);
	promise(!receipt->mac_filter == dumpflt_format_zero(receipt->mac,
							    sizeof(receipt->mac)));
	promise(le32_to_cpu(receipt->mac_filter) <= le32_to_cpu(receipt->nr_filters));
	for (i = 0; i < le32_to_cpu(receipt->nr_filters); i++)
		promise(!receipt->filters[i].name[DUMPFLT_NAME_MAX - 1]);
}

static void try_record(bool mend)
{
	if (mend)
		dumpflt_record_seal(region, 64, header.slots[0].session, 7, 9);
	if (dumpflt_record_ok(region, 64, header.slots[0].session, 7) && mend)
		promise(dumpflt_record_crc(region) == 9);
	/* however much of it is used: what is in the rest is seen, and no more */
	promise(dumpflt_record_ends(region, 64, 64));
	if (dumpflt_record_ends(region, 64, 40))
		promise(!region[40] && !region[63]);
	/* of another chunk, and of another session, it never is one */
	if (mend) {
		promise(!dumpflt_record_ok(region, 64, header.slots[0].session, 8));
		promise(!dumpflt_record_ok(region, 64, header.fixed.uuid, 7));
	}
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	/* the head, the first entries; of a receipt the second is its filters */
	static const struct fuzz_range ranges[] = { { 0, 256 }, { 1024, 256 } };
	unsigned int what;

	if (!size)
		return 0;
	make_header();
	what = data[size - 1] / 2 % 4;
	memset(region, 0, sizeof(region));
	if (!what)
		make_fmeta();
	else if (what == 1)
		make_receipt();
	else if (what == 3)
		dumpflt_trailer_fill(region, header.slots[0].session, 70000, 3);
	fuzz_change(region, sizeof(region), ranges, 2, data, size - 1);
	if (!what)
		try_fmeta(data[size - 1] & 1);
	else if (what == 1)
		try_receipt(data[size - 1] & 1);
	else if (what == 2)
		try_record(data[size - 1] & 1);
	else if (!dumpflt_padding_ok(region, 70000))
		promise(!dumpflt_format_zero(region + 70000 % DUMPFLT_CHUNK_SIZE,
					     sizeof(region) - 70000 % DUMPFLT_CHUNK_SIZE));
	else
		dumpflt_trailer_check(region, header.slots[0].session, 70000, 3);
	return 0;
}
