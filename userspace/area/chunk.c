// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One chunk of a dump in an area: its record, its bytes, what is sealed in it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "area/scan.h"

static int read_records(struct scan *scan, __u64 first, __u64 nr)
{
	const struct dumpflt_geometry *geo = &scan->area->geo;

	scan->records_first = first;
	scan->records_nr = nr;
	return scan->area->io->read(scan->area->io->ctx, scan->records,
				    nr * geo->record_size,
				    dumpflt_geometry_record(geo, scan->slot->number,
							    first));
}

/* The record of a chunk; NULL if it cannot be read */
const unsigned char *scan_record(struct scan *scan, __u64 chunk, __u64 total)
{
	__u64 size = scan->area->geo.record_size;
	__u64 nr = RECORDS_SIZE / size;

	if (chunk < scan->records_first ||
	    chunk - scan->records_first >= scan->records_nr) {
		scan->records_wrong = read_records(scan, chunk, total - chunk < nr ?
						   total - chunk : nr);
		/* a block that cannot be read is to cost no others their records */
		nr = DUMPFLT_AREA_BLOCK / size - chunk % (DUMPFLT_AREA_BLOCK / size);
		if (scan->records_wrong)
			scan->records_wrong = read_records(scan, chunk, nr);
	}
	if (scan->records_wrong)
		return NULL;
	return scan->records + (chunk - scan->records_first) * size;
}

static bool digest_ok(struct scan *scan, const unsigned char *record)
{
	if (!scan->digest_at)
		return true;
	return EVP_DigestInit_ex(scan->one, EVP_sha256(), NULL) &&
	       EVP_DigestUpdate(scan->one, scan->chunk, DUMPFLT_CHUNK_SIZE) &&
	       scan_digest_is(scan->one, record + scan->digest_at);
}

/* What is wrong with a chunk on the disk, NULL if nothing */
static const char *read_chunk(struct scan *scan, __u64 chunk,
			      const unsigned char *record)
{
	const struct area *area = scan->area;

	if (!record)
		return "its record cannot be read";
	if (!dumpflt_record_ok(record, area->geo.record_size,
			       scan->slot->entry->session, chunk))
		return "its record is missing or damaged";
	if (area->io->read(area->io->ctx, scan->chunk, DUMPFLT_CHUNK_SIZE,
			   dumpflt_geometry_chunk(&area->geo,
						  scan->slot->number, chunk)))
		return "it cannot be read";
	if (dumpflt_format_crc(0, scan->chunk, DUMPFLT_CHUNK_SIZE) !=
	    dumpflt_record_crc(record))
		return "its bytes are not those of its record";
	if (!digest_ok(scan, record))
		return "its bytes do not have the digest in its record";
	return NULL;
}

static __u64 size_in_trailer(const struct scan *scan)
{
	const struct dumpflt_disk_trailer *trailer = (const void *)scan->chunk;

	return scan->verdict->size_known ? scan->verdict->dump_size :
					   le64_to_cpu(trailer->dump_size);
}

/* Is this, in scan->chunk, the trailer of this dump? */
static bool is_trailer(const struct scan *scan, __u64 chunk)
{
	return !dumpflt_trailer_check(scan->chunk, scan->slot->entry->session,
				      size_in_trailer(scan), chunk + 1);
}

/*
 * Opens scan->chunk. Only a receipt says which chunk is the last one; where
 * there is none of a complete dump, the key does: it opens as what it is.
 */
static const char *open_chunk(struct scan *scan, __u64 chunk, __u64 total,
			      const unsigned char *record)
{
	const struct area_opener *opener = scan->opener;
	unsigned char *sealed = scan->chunk;
	bool last = scan_is_complete(scan) && chunk == total - 1;
	const char *wrong;

	wrong = opener->chunk(opener->ctx, sealed, chunk, last, record,
			      scan->opened);
	if (wrong && !scan_is_complete(scan)) {
		last = true;
		wrong = opener->chunk(opener->ctx, sealed, chunk, last, record,
				      scan->opened);
	}
	if (wrong)
		return wrong;
	scan->chunk = scan->opened;
	scan->opened = sealed;
	scan->opened_as_last = last;
	if (last && !is_trailer(scan, chunk))
		return "it was sealed as the last one, and is not the trailer";
	return NULL;
}

/**
 * scan_check_chunk() - is a chunk of this dump, and where it belongs?
 * @scan: the pass
 * @chunk: its number
 * @total: chunks that there may be
 * @record: of the chunk, NULL if it cannot be read
 *
 * Return: NULL, and the chunk is in scan->chunk; or what is wrong
 */
const char *scan_check_chunk(struct scan *scan, __u64 chunk, __u64 total,
			     const unsigned char *record)
{
	const char *wrong = read_chunk(scan, chunk, record);

	if (!wrong && scan->opener)
		wrong = open_chunk(scan, chunk, total, record);
	return wrong;
}

/* Is it the trailer? If so the size of the dump is known, if it was not */
bool scan_take_trailer(struct scan *scan, __u64 chunk)
{
	struct area_verdict *verdict = scan->verdict;

	if (!scan->readable || (scan->opener && !scan->opened_as_last) ||
	    !is_trailer(scan, chunk))
		return false;
	verdict->dump_size = size_in_trailer(scan);
	verdict->size_known = true;
	scan->trailer_seen = true;
	return true;
}
