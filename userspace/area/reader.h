/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chunks of a dump in an area, each by itself and in any order: what is on
 * the disk, and whether it is what was written.
 *
 * One reader for each thread; area and slot are only read, and may be shared.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_READER_H
#define DUMPFLT_AREA_READER_H

#include <openssl/evp.h>

#include "area/area.h"

/**
 * struct area_reader - reads chunks
 * @area: loaded, and unchanged while the reader is open
 * @slot: a slot of it, with filter metadata
 * @opener: opens sealed chunks, or NULL
 * @total: chunks that there may be
 * @last_known: the one before @total is the last one, and no other is
 * @digest_at: where the filter digest's is in a record; 0: there is none
 * @record_used: bytes of a record that have a meaning
 * @records: a window of records
 * @records_first: the first one's chunk
 * @records_nr: chunk records in @records
 * @records_wrong: they cannot be read
 * @data: the chunk that was read last, opened if there is an opener
 * @as_last: it was sealed as the last one
 * @recorded: whatever is wrong with the chunk just read, its record is of this session
 * @other: room to open a chunk
 * @sha256: of the chunk just read, for the filter digest
 */
struct area_reader {
	const struct area		*area;
	const struct area_slot		*slot;
	const struct area_opener	*opener;
	__u64				total;
	bool				last_known;
	size_t				digest_at;
	__u32				record_used;
	unsigned char			*records;
	__u64				records_first;
	__u64				records_nr;
	int				records_wrong;
	unsigned char			*data;
	bool				as_last;
	bool				recorded;
	unsigned char			*other;
	EVP_MD_CTX			*sha256;
};

int area_reader_open(struct area_reader *reader, const struct area *area,
		     const struct area_slot *slot,
		     const struct area_opener *opener);
void area_reader_close(struct area_reader *reader);
const char *area_reader_read(struct area_reader *reader, __u64 chunk,
			     const unsigned char **record);

#endif
