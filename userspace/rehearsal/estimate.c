// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a sample to a whole dump: how large it gets and how long it takes.
 *
 * A level leaves out kinds of pages, and zeros. Of each kind it was measured what
 * makedumpfile makes of a page and how long that takes; the rest is counting:
 *
 *   size  sum over the kinds that are kept, pages * bytes of one; two bitmaps
 *   time  what is the same for any dump
 *         + the look at all of memory, which decides what is kept
 *         + the longest of: makedumpfile and the filters one after the other, as one
 *           CPU has it; the disk; makedumpfile, slower by what the chain was
 *
 * What else runs here takes its part of the processor, and nothing else runs in a
 * capture kernel. So there are two times: as it went here, and that without what others
 * had of the processor; only the disk's stays, as who else uses it is not known.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "rehearsal/estimate.h"

#define LEVEL_ZERO	1
/* Headers of the dump file */
#define HEADERS		65536
/* Of a page of zeros that is kept: its descriptor, and what it is packed to */
#define ZERO_PACKED	64

/* @a * @b / @c, of numbers whose product may not fit */
static __u64 scale(__u64 a, __u64 b, __u64 c)
{
	return c ? (__u64)((long double)a * (long double)b / (long double)c) : 0;
}

/* Bytes, and microseconds of makedumpfile, for all pages of one kind */
static void add_kind(const struct estimate *estimate, enum census_kind kind, __u64 level,
		     __u64 *bytes, __u64 *us)
{
	const struct estimate_kind *of = &estimate->kind[kind];
	__u64 zeros = scale(of->pages, of->zeros, of->sampled);

	*bytes += scale(of->bytes, of->pages, of->sampled);
	*us += scale(of->us, of->pages, of->sampled);
	/* they were left out when it was measured */
	if (!(level & LEVEL_ZERO))
		*bytes += zeros * (estimate->compressed ? ZERO_PACKED : estimate->page);
}

static __u64 longest(__u64 a, __u64 b, __u64 c)
{
	__u64 most = a > b ? a : b;

	return most > c ? most : c;
}

/**
 * estimate_level() - a whole dump at a level of makedumpfile
 * @estimate: measured
 * @level: 0 to 31
 * @dump: filled
 */
void estimate_level(const struct estimate *estimate, __u64 level,
		    struct estimate_dump *dump)
{
	const __u64 share = estimate->cpu_permille ? estimate->cpu_permille : 1000;
	__u64 pages = 0, bytes = HEADERS, source = 0, filters, disk, chain, first;
	enum census_kind kind;

	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		pages += estimate->kind[kind].pages;
		if (census_is_kept(kind, level))
			add_kind(estimate, kind, level, &bytes, &source);
	}
	bytes += pages / 4;
	filters = scale(estimate->filter_us, bytes, estimate->chain_bytes);
	disk = scale(estimate->disk_us, bytes, estimate->disk_bytes);
	chain = scale(source, estimate->chain_us, estimate->source_us);
	first = estimate->fixed_us + estimate->scan_us;
	dump->bytes = bytes;
	dump->ms = (first + longest(source + filters, disk, chain) + 999) / 1000;
	first = scale(first, share, 1000);
	source = scale(source + filters, share, 1000);
	dump->least_ms = (first + longest(source, disk, scale(chain, share, 1000)) + 999) / 1000;
}

/**
 * estimate_uncompressed() - the same machine, if its pages are not compressed
 * @compressed: measured
 * @plain: measured, too, for each kind of which pages went through the chain
 * @estimate: filled, for levels that keep no other kinds
 *
 * The chain was measured once only. What it took beside makedumpfile is in proportion to
 * the bytes that went through it.
 */
void estimate_uncompressed(const struct estimate *compressed,
			   const struct estimate_plain *plain, struct estimate *estimate)
{
	__u64 more = compressed->chain_us > compressed->source_us ?
		     compressed->chain_us - compressed->source_us : 0;
	__u64 bytes = 0, packed = 0;
	enum census_kind kind;

	*estimate = *compressed;
	estimate->compressed = false;
	estimate->source_us = 0;
	for (kind = 0; kind < CENSUS_KINDS; kind++) {
		if (!plain->bytes[kind])
			continue;
		bytes += plain->bytes[kind];
		packed += compressed->kind[kind].bytes;
		estimate->kind[kind].bytes = plain->bytes[kind];
		estimate->kind[kind].us = plain->us[kind];
		estimate->source_us += plain->us[kind];
	}
	estimate->chain_us = estimate->source_us + scale(more, bytes, packed);
}

/* In bytes a second; 0 if that is not known */
__u64 estimate_rate(__u64 bytes, __u64 us)
{
	return scale(bytes, 1000000, us);
}
