// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * areapatch: change a dump area as somebody does who owns its disk: one thing, and
 * every checksum is made to fit again.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: areapatch DEVICE sequence|sessions NUMBER
 *		both headers count that far
 *	  areapatch DEVICE receipt SLOT COPY
 *		this copy (0 or 1) says that the dump failed before its first chunk
 *	  areapatch DEVICE record SLOT CHUNK
 *		the filters' first byte in the record of the chunk is another one
 *	  areapatch DEVICE chunk SLOT CHUNK
 *		its first bytes are others with the same CRC-32C; once more, what they were
 *	  areapatch DEVICE tag SLOT CHUNK
 *		its record has the tag of what is there, as the test filter "tag" makes it
 *		if it is the first one, and the chunk not the last
 *	  areapatch DEVICE older SESSIONS OTHERS
 *		slot 0 of header B, the older one, has dump number SESSIONS, COLLECTED; in
 *		A dump number 1 is begun there; A counts OTHERS dumps, B as many as it has
 *	  areapatch DEVICE uuid OFFSET
 *		both headers of the area have the id of the one at OFFSET
 *
 * It follows the manual of the format (uapi/linux/dumpflt.h), and shares no code with
 * what it tests.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../uapi/linux/dumpflt.h"

#define UNIT	65536
#define CRC32	0xedb88320
#define CRC32C	0x82f63b78

static int disk;
static struct dumpflt_disk_header header;

static __u32 remainder_of(__u32 polynomial, __u32 crc, const void *data, size_t len)
{
	const unsigned char *p = data;
	int bit;

	while (len--)
		for (crc ^= *p++, bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	return crc;
}

static __u32 crc32c(__u32 crc, const void *data, size_t len)
{
	return ~remainder_of(CRC32C, ~crc, data, len);
}

static void get(void *data, size_t len, __u64 offset)
{
	if (pread(disk, data, len, (off_t)offset) != (ssize_t)len)
		err(1, "reading at %llu", (unsigned long long)offset);
}

static void put(const void *data, size_t len, __u64 offset)
{
	if (pwrite(disk, data, len, (off_t)offset) != (ssize_t)len)
		err(1, "writing at %llu", (unsigned long long)offset);
}

static __u64 slot_offset(__u32 slot)
{
	return le64toh(header.fixed.slot_offset) + slot * le64toh(header.fixed.slot_size);
}

static void put_header(__u64 offset)
{
	header.crc = htole32(crc32c(0, &header, offsetof(struct dumpflt_disk_header, crc)));
	put(&header, sizeof(header), offset);
}

static void put_headers(void)
{
	put_header(0);
	put_header(le64toh(header.fixed.area_size) - UNIT);
}

/* Of the begun dump there is no filter metadata */
static void patch_pair(__u64 sessions, __u64 others)
{
	static const unsigned char zeros[UNIT];

	memset(header.slots, 0, sizeof(header.slots));
	memset(header.slots[0].session, 'b', sizeof(header.slots[0].session));
	header.slots[0].state = htole32(DUMPFLT_SLOT_COLLECTED);
	header.slots[0].number = htole64(sessions);
	header.sequence = htole64(99);
	header.sessions = htole64(sessions);
	put_header(le64toh(header.fixed.area_size) - UNIT);
	memset(header.slots[0].session, 'a', sizeof(header.slots[0].session));
	header.slots[0].state = htole32(DUMPFLT_SLOT_STARTED);
	header.slots[0].number = htole64(1);
	header.sequence = htole64(100);
	header.sessions = htole64(others);
	put_header(0);
	put(zeros, UNIT, slot_offset(0));
}

static void patch_receipt(__u32 slot, int copy)
{
	__u64 offset = slot_offset(slot + 1) - UNIT + (copy ? DUMPFLT_RECEIPT_B : 0);
	struct dumpflt_disk_receipt receipt;
	int i;

	get(&receipt, sizeof(receipt), offset);
	receipt.state = htole32(DUMPFLT_SLOT_FAILED);
	receipt.dump_size = 0;
	receipt.chunks = 0;
	receipt.written = 0;
	receipt.err = htole32(5);
	strcpy((char *)receipt.text, "filter 'digest': start failed");
	memset(receipt.digest, 0, sizeof(receipt.digest));
	for (i = 0; i < DUMPFLT_MAX_FILTERS; i++)
		memset(receipt.filters[i].meta_digest, 0, sizeof(receipt.filters[i].meta_digest));
	receipt.crc = htole32(crc32c(0, &receipt, offsetof(struct dumpflt_disk_receipt, crc)));
	put(&receipt, sizeof(receipt), offset);
}

static __u64 chunk_offset(__u32 slot, __u64 chunk)
{
	return slot_offset(slot) + UNIT + chunk * DUMPFLT_CHUNK_SIZE;
}

/* The polynomial itself, from its highest term on, is what leaves no remainder */
static void patch_chunk(__u32 slot, __u64 chunk)
{
	__u64 bits;

	get(&bits, sizeof(bits), chunk_offset(slot, chunk));
	bits ^= htole64((__u64)CRC32C << 1 | 1);
	put(&bits, sizeof(bits), chunk_offset(slot, chunk));
}

static void tag(unsigned char *to, __u32 slot, __u64 chunk)
{
	static unsigned char data[DUMPFLT_CHUNK_SIZE];
	const __u64 offset = chunk * DUMPFLT_CHUNK_SIZE;
	__u32 crc = remainder_of(CRC32, 0, &offset, sizeof(offset));

	get(data, sizeof(data), chunk_offset(slot, chunk));
	crc = htole32(remainder_of(CRC32, crc, data, sizeof(data)));
	memcpy(to, &crc, sizeof(crc));
}

static void patch_record(__u32 slot, __u64 chunk, int with_tag)
{
	__u64 offset = chunk_offset(slot, le32toh(header.fixed.slot_chunks));
	size_t size = le32toh(header.fixed.record_size);
	unsigned char record[DUMPFLT_RECORD_MAX];
	struct dumpflt_disk_record *head = (void *)record;
	const __le64 number = htole64(chunk);
	struct dumpflt_disk_fmeta_head fmeta;
	__u32 crc;

	offset += chunk * size;
	get(record, size, offset);
	get(&fmeta, sizeof(fmeta), slot_offset(slot));
	if (!head->check)
		errx(1, "the record of chunk %llu is not there yet", (unsigned long long)chunk);
	if (with_tag)
		tag(record + sizeof(*head), slot, chunk);
	else
		record[sizeof(*head)] ^= 0xff;
	crc = crc32c(0, fmeta.session, sizeof(fmeta.session));
	crc = crc32c(crc, &number, sizeof(number));
	crc = crc32c(crc, &head->data_crc, sizeof(head->data_crc));
	head->check = htole32(crc32c(crc, head + 1, size - sizeof(*head)));
	put(record, size, offset);
}

int main(int argc, char **argv)
{
	unsigned long long number;

	if (argc < 4)
		errx(2, "Usage: areapatch DEVICE WHAT NUMBER [NUMBER]");
	number = strtoull(argv[3], NULL, 0);
	disk = open(argv[1], O_RDWR | O_CLOEXEC);
	if (disk < 0)
		err(1, "%s", argv[1]);
	get(&header, sizeof(header), 0);
	if (!strcmp(argv[2], "sequence") || !strcmp(argv[2], "sessions")) {
		if (argv[2][2] == 'q')
			header.sequence = htole64(number);
		else
			header.sessions = htole64(number);
		put_headers();
	} else if (!strcmp(argv[2], "uuid")) {
		get(header.fixed.uuid, sizeof(header.fixed.uuid),
		    number + offsetof(struct dumpflt_disk_fixed, uuid));
		put_headers();
	} else if (argc == 5 && !strcmp(argv[2], "older")) {
		patch_pair(number, strtoull(argv[4], NULL, 0));
	} else if (argc == 5 && !strcmp(argv[2], "receipt")) {
		patch_receipt((__u32)number, atoi(argv[4]));
	} else if (argc == 5 && !strcmp(argv[2], "chunk")) {
		patch_chunk((__u32)number, strtoull(argv[4], NULL, 0));
	} else if (argc == 5 && (!strcmp(argv[2], "record") || !strcmp(argv[2], "tag"))) {
		patch_record((__u32)number, strtoull(argv[4], NULL, 0), argv[2][0] == 't');
	} else {
		errx(2, "'%s' is nothing to change", argv[2]);
	}
	if (fsync(disk))
		err(1, "%s", argv[1]);
	return 0;
}
