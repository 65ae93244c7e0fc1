/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a sample to a whole dump: how large it gets and how long it takes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_ESTIMATE_H
#define DUMPFLT_ESTIMATE_H

#include "rehearsal/census.h"

#define ESTIMATE_LEVELS	32

/**
 * struct estimate_kind - pages of one kind
 * @pages: of the machine
 * @sampled: of these, in the sample
 * @zeros: of those, nothing but zeros
 * @bytes: of the stream that makedumpfile made of the sampled ones
 * @us: that it took for that
 */
struct estimate_kind {
	__u64	pages;
	__u64	sampled;
	__u64	zeros;
	__u64	bytes;
	__u64	us;
};

/**
 * struct estimate - what was measured
 * @page: bytes of one
 * @compressed: pages are
 * @kind: of each kind
 * @scan_us: to look at all of memory, once
 * @fixed_us: of a dump, whatever its size
 * @chain_bytes: of the stream that went through the whole chain
 * @chain_us: that its writing took
 * @source_us: that makedumpfile alone took for the same pages
 * @filter_us: that the filters took of @chain_us
 * @cpu_permille: of one processor that makedumpfile alone got; 0: not known
 * @disk_bytes: written to the target, alone
 * @disk_us: that it took
 */
struct estimate {
	size_t			page;
	bool			compressed;
	struct estimate_kind	kind[CENSUS_KINDS];
	__u64			scan_us;
	__u64			fixed_us;
	__u64			chain_bytes;
	__u64			chain_us;
	__u64			source_us;
	__u64			filter_us;
	__u64			cpu_permille;
	__u64			disk_bytes;
	__u64			disk_us;
};

/**
 * struct estimate_dump - a whole dump
 * @bytes: of it, as it is on the disk
 * @ms: from the start of 'dumpflt capture' to its end, as fast as it went here
 * @least_ms: with a processor of its own, which it has in a capture kernel
 */
struct estimate_dump {
	__u64	bytes;
	__u64	ms;
	__u64	least_ms;
};

/**
 * struct estimate_plain - what makedumpfile did with the same pages, uncompressed
 * @bytes: of its stream, of each kind; 0: it was not asked
 * @us: that it took for that
 */
struct estimate_plain {
	__u64	bytes[CENSUS_KINDS];
	__u64	us[CENSUS_KINDS];
};

void estimate_uncompressed(const struct estimate *compressed,
			   const struct estimate_plain *plain, struct estimate *estimate);
void estimate_level(const struct estimate *estimate, __u64 level,
		    struct estimate_dump *dump);
__u64 estimate_rate(__u64 bytes, __u64 us);

#endif
