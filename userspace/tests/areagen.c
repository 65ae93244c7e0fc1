// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * areagen: write a dump into a slot of a dump area, as the kernel would.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: areagen IMAGE DUMP [digest] [changes] [WHAT]
 * The area must have been made by 'dumpflt format'. DUMP goes to the next free
 * slot. WHAT is how it ends: complete (default), torn: no receipt, notrailer:
 * torn before the trailer, failed or interrupted: with such a receipt.
 */
#include <err.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "area.h"

#define SHA256_SIZE	32

static struct area_io io;
static struct area area;
static __u8 session[16];
static __u32 slot;
static bool digest, changes;
static EVP_MD_CTX *whole, *column;
static __u64 chunks;

static void put(const void *data, size_t len, __u64 offset)
{
	if (pwrite(io.fd, data, len, (off_t)offset) != (ssize_t)len)
		err(1, "pwrite");
}

static void begin_digest(EVP_MD_CTX **ctx)
{
	*ctx = EVP_MD_CTX_new();
	if (!*ctx || !EVP_DigestInit_ex(*ctx, EVP_sha256(), NULL))
		errx(1, "no SHA-256");
}

static void begin(void)
{
	static const __u8 zeros[sizeof(struct dumpflt_disk_receipt)];
	struct dumpflt_disk_fmeta entry = {
		.name = "digest",
		.number = cpu_to_le16(10),
		.chunk_meta = cpu_to_le16(SHA256_SIZE),
		.flags = cpu_to_le32(changes ? DUMPFLT_DISK_FILTER_F_CHANGES : 0),
		.len = cpu_to_le32(5),
	};
	void *region = aligned_alloc(8, DUMPFLT_AREA_UNIT);
	int chosen = dumpflt_slot_choose(area.header);

	if (chosen < 0 || !region)
		errx(1, "no slot");
	slot = (__u32)chosen;
	/* a session id that differs from slot to slot and from dump to dump */
	memset(session, 0x51, sizeof(session));
	memcpy(session, &area.header->sessions, sizeof(area.header->sessions));
	dumpflt_slot_start(area.header, slot, session, 1790000000);
	if (area_write_header(&area))
		errx(1, "area_write_header");
	dumpflt_fmeta_begin(region, session);
	if (digest && dumpflt_fmeta_add(region, &entry, "hello"))
		errx(1, "dumpflt_fmeta_add");
	dumpflt_fmeta_seal(region);
	put(region, DUMPFLT_AREA_UNIT, dumpflt_geometry_fmeta(&area.geo, slot));
	put(zeros, sizeof(zeros), dumpflt_geometry_receipt(&area.geo, slot, 0));
	put(zeros, sizeof(zeros), dumpflt_geometry_receipt(&area.geo, slot, 1));
	begin_digest(&whole);
	begin_digest(&column);
	EVP_DigestUpdate(whole, &area.header->fixed, sizeof(area.header->fixed));
	EVP_DigestUpdate(whole, region, DUMPFLT_AREA_UNIT);
	free(region);
}

static void put_chunk(const void *data)
{
	__u8 record[DUMPFLT_RECORD_MAX] __attribute__((aligned(8))) = { 0 };
	__u8 *meta = record + sizeof(struct dumpflt_disk_record);
	__u32 size = area.geo.record_size;

	put(data, DUMPFLT_CHUNK_SIZE,
	    dumpflt_geometry_chunk(&area.geo, slot, chunks));
	if (digest) {
		EVP_Digest(data, DUMPFLT_CHUNK_SIZE, meta, NULL, EVP_sha256(),
			   NULL);
		EVP_DigestUpdate(column, meta, SHA256_SIZE);
	}
	dumpflt_record_seal(record, size, session, chunks,
			    dumpflt_format_crc(0, data, DUMPFLT_CHUNK_SIZE));
	put(record, size, dumpflt_geometry_record(&area.geo, slot, chunks));
	EVP_DigestUpdate(whole, record, size);
	chunks++;
}

static __u64 put_dump(const char *path)
{
	char *data = aligned_alloc(8, DUMPFLT_CHUNK_SIZE);
	int fd = open(path, O_RDONLY);
	__u64 size = 0;
	ssize_t n;

	if (fd < 0 || !data)
		err(1, "%s", path);
	for (;;) {
		memset(data, 0, DUMPFLT_CHUNK_SIZE);
		n = read(fd, data, DUMPFLT_CHUNK_SIZE);
		if (n <= 0)
			break;
		size += (__u64)n;
		put_chunk(data);
	}
	close(fd);
	free(data);
	return size;
}

static void put_trailer(__u64 size)
{
	void *chunk = aligned_alloc(8, DUMPFLT_CHUNK_SIZE);

	if (!chunk)
		err(1, "trailer");
	dumpflt_trailer_fill(chunk, session, size, chunks + 1);
	put_chunk(chunk);
	free(chunk);
}

static void put_receipt(__u64 size, __u32 state)
{
	const struct dumpflt_disk_slot *entry = &area.header->slots[slot];
	struct dumpflt_disk_receipt receipt = {
		.version = cpu_to_le32(DUMPFLT_FORMAT_VERSION),
		.state = cpu_to_le32(state),
		.number = entry->number,
		.slot = cpu_to_le32(slot),
		.started = entry->started,
		.ended = cpu_to_le64(1790000060),
		.dump_size = cpu_to_le64(size),
		.chunks = cpu_to_le64(chunks),
		.written = cpu_to_le64(size),
	};
	struct dumpflt_disk_filter *filter = &receipt.filters[0];

	memcpy(receipt.magic, DUMPFLT_MAGIC_RECEIPT, DUMPFLT_MAGIC_SIZE);
	memcpy(receipt.uuid, area.header->fixed.uuid, sizeof(receipt.uuid));
	memcpy(receipt.session, session, sizeof(session));
	if (digest) {
		receipt.nr_filters = cpu_to_le32(1);
		strcpy((char *)filter->name, "digest");
		filter->number = cpu_to_le16(10);
		filter->chunk_meta = cpu_to_le16(SHA256_SIZE);
		filter->flags = cpu_to_le32(changes ? DUMPFLT_DISK_FILTER_F_CHANGES : 0);
		filter->fmeta_len = cpu_to_le32(5);
		filter->writes = cpu_to_le64(chunks);
	}
	if (state == DUMPFLT_SLOT_COMPLETE) {
		EVP_DigestFinal_ex(whole, receipt.digest, NULL);
		if (digest)
			EVP_DigestFinal_ex(column, filter->meta_digest, NULL);
	} else {
		receipt.err = cpu_to_le32(5);
		strcpy((char *)receipt.text, "made to fail\033[31m");
	}
	dumpflt_receipt_seal(&receipt);
	put(&receipt, sizeof(receipt), dumpflt_geometry_receipt(&area.geo, slot, 0));
	put(&receipt, sizeof(receipt), dumpflt_geometry_receipt(&area.geo, slot, 1));
}

int main(int argc, char **argv)
{
	const char *what = "complete";
	__u64 size;
	int i;

	if (argc < 3)
		errx(2, "Usage: areagen IMAGE DUMP [digest] [changes] [WHAT]");
	for (i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "digest"))
			digest = true;
		else if (!strcmp(argv[i], "changes"))
			changes = true;
		else
			what = argv[i];
	}
	if (area_io_open(&io, argv[1], true) || area_load(&area, &io))
		errx(1, "'%s' holds no area", argv[1]);
	begin();
	size = put_dump(argv[2]);
	if (strcmp(what, "notrailer"))
		put_trailer(size);
	if (!strcmp(what, "complete"))
		put_receipt(size, DUMPFLT_SLOT_COMPLETE);
	else if (!strcmp(what, "failed"))
		put_receipt(size, DUMPFLT_SLOT_FAILED);
	else if (!strcmp(what, "interrupted"))
		put_receipt(size, DUMPFLT_SLOT_INTERRUPTED);
	EVP_MD_CTX_free(whole);
	EVP_MD_CTX_free(column);
	area_unload(&area);
	area_io_close(&io);
	return 0;
}
