/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes dumps into a dump area, as the kernel would. For tests: whatever goes
 * wrong ends the program.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_AREA_WRITER_H
#define DUMPFLT_TESTS_AREA_WRITER_H

#include <openssl/evp.h>

#include "age_writer.h"
#include "area/area.h"

/**
 * struct area_writer_filter - a filter that the dump passes
 * @name: "digest" keeps the SHA-256 of each chunk as the filters before it
 *	left it
 * @flags: DUMPFLT_DISK_FILTER_F_*; one that changes the data inverts it
 * @chunk_meta: bytes per chunk
 * @age: instead, it seals the chunks with this; NULL for other filters
 */
struct area_writer_filter {
	const char		*name;
	__u32			flags;
	__u16			chunk_meta;
	struct age_writer	*age;
};

/* The filter that seals a dump; @writer has been started */
#define AREA_WRITER_AGE(writer) {						\
	.name = "age",							\
	.flags = DUMPFLT_DISK_FILTER_F_CHANGES |			\
		 DUMPFLT_DISK_FILTER_F_CRITICAL,			\
	.chunk_meta = DUMPFLT_AGE_TAG,					\
	.age = (writer),						\
}

/**
 * struct area_writer - a dump in the making
 * @area: made by area_create()
 * @slot: that takes the dump
 * @filters: numbered 10, 20 and so on
 * @nr_filters: entries of @filters
 * @durability: DUMPFLT_DURABLE_*, for the receipt
 * @size: bytes of the dump so far
 * @chunks: chunks that are written
 * @have: bytes in @chunk
 * @chunk: the next one
 * @whole: for the receipt's digest
 * @column: for the digest of each filter's metadata
 */
struct area_writer {
	struct area				*area;
	__u32					slot;
	const struct area_writer_filter		*filters;
	__u32					nr_filters;
	__u32					durability;
	__u64					size;
	__u64					chunks;
	size_t					have;
	__u8					*chunk;
	EVP_MD_CTX				*whole;
	EVP_MD_CTX				*column[DUMPFLT_MAX_FILTERS];
};

__u32 area_writer_start(struct area *area, const __u8 *session);
void area_writer_open(struct area_writer *w, struct area *area, __u32 slot,
		      const struct area_writer_filter *filters, __u32 nr);
void area_writer_data(struct area_writer *w, const void *data, size_t len);
void area_writer_rest(struct area_writer *w);
void area_writer_trailer(struct area_writer *w);
void area_writer_receipt(struct area_writer *w, __u32 state, const char *text);
void area_writer_close(struct area_writer *w);

#endif
