/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump area in memory that the unit tests write, spoil and read.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_AREA_FIXTURE_H
#define DUMPFLT_TESTS_AREA_FIXTURE_H

#include "area_writer.h"

#define FIXTURE_UNIT	DUMPFLT_AREA_UNIT

/**
 * struct fixture - an area, and what came out of it
 * @io: reads @image; but for what is between @bad_from and @bad_to: -EIO
 * @image: all of it, to be spoiled
 * @size: bytes of @image
 * @geo: where things are
 * @data: the dump that was written last
 * @data_size: bytes of @data
 * @got: what the sink was given
 * @got_size: bytes of @got
 * @calls: of the sink
 * @stop_at: the call of the sink that returns -ECANCELED, counted from 1
 */
struct fixture {
	struct area_io			io;
	unsigned char			*image;
	__u64				size;
	struct dumpflt_geometry		geo;
	unsigned char			*data;
	__u64				data_size;
	unsigned char			*got;
	__u64				got_size;
	unsigned int			calls;
	unsigned int			stop_at;
	__u64				bad_from;
	__u64				bad_to;
};

/* How a dump ends */
enum fixture_end {
	FIXTURE_NO_TRAILER,
	FIXTURE_TORN,
	FIXTURE_COMPLETE,
	FIXTURE_FAILED,
};

void fixture_make(struct fixture *f, __u64 size, __u32 slots, __u32 record_size);
void fixture_make_image(struct fixture *f, __u64 size);
void fixture_free(struct fixture *f);
__u32 fixture_dump(struct fixture *f, __u64 size,
		   const struct area_writer_filter *filters, __u32 nr,
		   enum fixture_end end);
int fixture_verify(struct fixture *f, __u32 slot, struct area_verdict *verdict);
void fixture_check_prefix(const struct fixture *f,
			  const struct area_verdict *verdict);
struct dumpflt_disk_receipt *fixture_receipt(struct fixture *f, __u32 slot,
					     unsigned int copy);
void fixture_seal_receipts(struct fixture *f, __u32 slot);

#endif
