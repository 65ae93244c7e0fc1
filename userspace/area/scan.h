/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pass over a dump in an area: what scan.c, which judges, and give.c, which gives out,
 * share.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_SCAN_H
#define DUMPFLT_AREA_SCAN_H

#include "area/ahead.h"

/**
 * struct scan - a pass
 * @area: loaded
 * @slot: loaded; whose dump is judged
 * @wanted: what the caller wants
 * @verdict: what is known so far
 * @ahead: reads its chunks
 * @reader: which of them has the present chunk; before the first one, any
 * @forged: what the opener finds wrong with the receipt, NULL if nothing
 * @readable: the data are as the dump was, or opened
 * @pending: the chunk before the present one
 * @pending_chunk: its number
 * @has_pending: there is one
 * @hole: the first of the chunks behind the pending one that are no good
 * @hole_chunks: so many of them are the dump's, as its receipt, or a record, says
 * @in_hole: there are such
 * @whole: running SHA-256 over records, geometry and filter metadata, for the receipt's digest
 * @filter: over the metadata of one filter
 * @not_summed: libcrypto failed, so that these say nothing
 * @padding_wrong: between the dump's end and its trailer
 * @prefix_ended: there was a chunk that is no good, or none is to be given out
 * @trailer_seen: what is behind the present chunk is not of this dump
 */
struct scan {
	const struct area		*area;
	const struct area_slot		*slot;
	const struct area_scan		*wanted;
	struct area_verdict		*verdict;
	struct area_ahead		ahead;
	struct area_reader		*reader;
	const char			*forged;
	bool				readable;
	unsigned char			*pending;
	__u64				pending_chunk;
	bool				has_pending;
	__u64				hole;
	__u64				hole_chunks;
	bool				in_hole;
	EVP_MD_CTX			*whole;
	EVP_MD_CTX			*filter[DUMPFLT_MAX_FILTERS];
	bool				not_summed;
	bool				padding_wrong;
	bool				prefix_ended;
	bool				trailer_seen;
};

/* What may be believed. One that is forged must not even say how long it is */
static inline const struct dumpflt_disk_receipt *scan_receipt(const struct scan *scan)
{
	return scan->forged ? NULL : area_slot_receipt(scan->slot);
}

/* Is what is opened something else than the dump? */
static inline bool scan_is_changed(const struct scan *scan)
{
	return scan->reader->opener && scan->reader->opener->changed;
}

/* give.c */
bool scan_wants_holes(const struct scan *scan);
bool scan_is_trailer(const struct scan *scan, __u64 chunk);
int scan_give_chunk(struct scan *scan, __u64 chunk);
void scan_give_none(struct scan *scan, __u64 chunk);
int scan_give_end(struct scan *scan);

#endif
