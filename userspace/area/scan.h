/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pass over a dump, inside: area_scan.c judges the whole, area_chunk.c a chunk.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_SCAN_H
#define DUMPFLT_AREA_SCAN_H

#include <openssl/evp.h>

#include "area/area.h"

/* Records that are read at a time, in bytes */
#define RECORDS_SIZE	65536

/**
 * struct scan - a pass
 * @area: the area
 * @slot: the slot
 * @wanted: what the caller wants
 * @verdict: what is known so far
 * @opener: opens sealed chunks, or NULL
 * @forged: what the opener finds wrong with the receipt, NULL if nothing
 * @readable: the data are as the dump was, or opened
 * @digest_at: where the filter digest's is in a record; 0: there is none
 * @records: RECORDS_SIZE bytes of them
 * @records_first: the first one's chunk
 * @records_nr: how many
 * @records_wrong: they cannot be read
 * @chunk: the present chunk, opened if there is an opener
 * @opened: room to open a chunk
 * @opened_as_last: the present chunk was sealed as the last one
 * @pending: the chunk before it
 * @pending_chunk: its number
 * @has_pending: there is one
 * @whole: over everything
 * @filter: over the metadata of one filter
 * @one: over a chunk
 * @not_summed: libcrypto failed, so that these say nothing
 * @prefix_ended: there was a chunk that is no good
 * @trailer_seen: what is behind the present chunk is not of this dump
 */
struct scan {
	const struct area		*area;
	const struct area_slot		*slot;
	const struct area_scan		*wanted;
	struct area_verdict		*verdict;
	const struct area_opener	*opener;
	const char			*forged;
	bool				readable;
	size_t				digest_at;
	unsigned char			*records;
	__u64				records_first;
	__u64				records_nr;
	int				records_wrong;
	unsigned char			*chunk;
	unsigned char			*opened;
	bool				opened_as_last;
	unsigned char			*pending;
	__u64				pending_chunk;
	bool				has_pending;
	EVP_MD_CTX			*whole;
	EVP_MD_CTX			*filter[DUMPFLT_MAX_FILTERS];
	EVP_MD_CTX			*one;
	bool				not_summed;
	bool				prefix_ended;
	bool				trailer_seen;
};

/* area_scan.c */
bool scan_is_complete(const struct scan *scan);
bool scan_digest_is(EVP_MD_CTX *ctx, const unsigned char *expected);

/* area_chunk.c */
const unsigned char *scan_record(struct scan *scan, __u64 chunk, __u64 total);
const char *scan_check_chunk(struct scan *scan, __u64 chunk, __u64 total,
			     const unsigned char *record);
bool scan_take_trailer(struct scan *scan, __u64 chunk);

#endif
