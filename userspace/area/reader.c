// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One chunk of a dump in an area, whichever it is: its record, its bytes, what
 * is sealed in it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "area/filters.h"
#include "area/reader.h"

/* Records that are read at a time, in bytes */
#define RECORDS_SIZE	65536

/* Where the digests of the filter "digest" are, if they are of the disk's bytes */
static size_t find_digest(const struct area_slot *slot)
{
	const struct dumpflt_disk_fmeta *entry = NULL;
	size_t at = 0;

	while ((entry = dumpflt_fmeta_next(slot->fmeta, entry))) {
		__u32 flags = le32_to_cpu(entry->flags);

		if (area_filter_changes(entry))
			at = 0;
		if (!strncmp((const char *)entry->name, "digest",
			     sizeof(entry->name)) &&
		    !(flags & DUMPFLT_DISK_FILTER_F_LEFT_OUT) &&
		    le16_to_cpu(entry->chunk_meta) == SHA256_SIZE)
			at = area_slot_meta_at(slot, entry);
	}
	return at;
}

/**
 * area_reader_open() - get ready to read chunks
 * @reader: filled; to be closed whatever is returned
 * @area: loaded
 * @slot: loaded, with filter metadata
 * @opener: opens sealed chunks, or NULL
 *
 * Until the caller sets total and last_known, any chunk of the slot may be the
 * last one.
 *
 * Return: 0 or -ENOMEM
 */
int area_reader_open(struct area_reader *reader, const struct area *area,
		     const struct area_slot *slot,
		     const struct area_opener *opener)
{
	*reader = (struct area_reader){
		.area = area,
		.slot = slot,
		.opener = opener,
		.total = area->geo.slot_chunks,
		.digest_at = find_digest(slot),
		.record_used = dumpflt_fmeta_record_used(slot->fmeta),
		.records = malloc(RECORDS_SIZE),
		.data = malloc(DUMPFLT_CHUNK_SIZE),
		.other = malloc(DUMPFLT_CHUNK_SIZE),
		.sha256 = EVP_MD_CTX_new(),
	};
	return reader->records && reader->data && reader->other &&
	       reader->sha256 ? 0 : -ENOMEM;
}

void area_reader_close(struct area_reader *reader)
{
	/* opened, they are the dump */
	if (reader->data)
		explicit_bzero(reader->data, DUMPFLT_CHUNK_SIZE);
	if (reader->other)
		explicit_bzero(reader->other, DUMPFLT_CHUNK_SIZE);
	EVP_MD_CTX_free(reader->sha256);
	free(reader->records);
	free(reader->data);
	free(reader->other);
}

static int read_records(struct area_reader *reader, __u64 first, __u64 nr)
{
	const struct area *area = reader->area;

	reader->records_first = first;
	reader->records_nr = nr;
	return area->io->read(area->io->ctx, reader->records,
			      nr * area->geo.record_size,
			      dumpflt_geometry_record(&area->geo,
						      reader->slot->number,
						      first));
}

/* The record of a chunk; NULL if it cannot be read */
static const unsigned char *get_record(struct area_reader *reader, __u64 chunk)
{
	__u64 size = reader->area->geo.record_size;
	__u64 nr = RECORDS_SIZE / size, left = reader->total - chunk;

	if (chunk < reader->records_first ||
	    chunk - reader->records_first >= reader->records_nr) {
		reader->records_wrong = read_records(reader, chunk,
						     left < nr ? left : nr);
		/* a block that cannot be read is to cost no others their records */
		nr = DUMPFLT_AREA_BLOCK / size - chunk % (DUMPFLT_AREA_BLOCK / size);
		if (reader->records_wrong)
			reader->records_wrong = read_records(reader, chunk, nr);
	}
	if (reader->records_wrong)
		return NULL;
	return reader->records + (chunk - reader->records_first) * size;
}

static bool digest_ok(struct area_reader *reader, const unsigned char *record)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!reader->digest_at)
		return true;
	return EVP_DigestInit_ex(reader->sha256, EVP_sha256(), NULL) &&
	       EVP_DigestUpdate(reader->sha256, reader->data,
				DUMPFLT_CHUNK_SIZE) &&
	       EVP_DigestFinal_ex(reader->sha256, digest, NULL) &&
	       !memcmp(digest, record + reader->digest_at, SHA256_SIZE);
}

/* What is wrong with a chunk on the disk, NULL if nothing */
static const char *read_sealed(struct area_reader *reader, __u64 chunk,
			       const unsigned char *record)
{
	const struct area *area = reader->area;

	if (!record)
		return "its record cannot be read";
	if (!dumpflt_record_ok(record, area->geo.record_size,
			       reader->slot->entry->session, chunk))
		return "its record is missing or damaged";
	reader->recorded = true;
	if (!dumpflt_record_ends(record, area->geo.record_size,
				 reader->record_used))
		return "its record is not zero behind what the filters keep in it";
	if (area->io->read(area->io->ctx, reader->data, DUMPFLT_CHUNK_SIZE,
			   dumpflt_geometry_chunk(&area->geo,
						  reader->slot->number, chunk)))
		return "it cannot be read";
	if (dumpflt_format_crc(0, reader->data, DUMPFLT_CHUNK_SIZE) !=
	    dumpflt_record_crc(record))
		return "its bytes are not those of its record";
	if (!digest_ok(reader, record))
		return "its bytes do not have the digest in its record";
	return NULL;
}

/*
 * Only a receipt says which chunk is the last one; where there is none of a
 * complete dump, the key does: it opens as what it is.
 */
static const char *open_sealed(struct area_reader *reader, __u64 chunk,
			       const unsigned char *record)
{
	const struct area_opener *opener = reader->opener;
	unsigned char *sealed = reader->data;
	bool last = reader->last_known && chunk == reader->total - 1;
	const char *wrong;

	wrong = opener->chunk(opener->ctx, sealed, chunk, last, record,
			      reader->other);
	if (wrong && !reader->last_known) {
		last = true;
		wrong = opener->chunk(opener->ctx, sealed, chunk, last, record,
				      reader->other);
	}
	if (wrong)
		return wrong;
	reader->data = reader->other;
	reader->other = sealed;
	reader->as_last = last;
	return NULL;
}

/**
 * area_reader_read() - read a chunk, and open it if it is sealed
 * @reader: open
 * @chunk: any one of reader->total, whatever was read before
 * @record: set to its record, NULL if that cannot be read
 *
 * Return: NULL, and it is in reader->data; or what is wrong
 */
const char *area_reader_read(struct area_reader *reader, __u64 chunk,
			     const unsigned char **record)
{
	const char *wrong;

	*record = NULL;
	reader->recorded = false;
	if (chunk >= reader->total)
		return "there is no such chunk";
	*record = get_record(reader, chunk);
	wrong = read_sealed(reader, chunk, *record);
	if (!wrong && reader->opener)
		wrong = open_sealed(reader, chunk, *record);
	return wrong;
}
