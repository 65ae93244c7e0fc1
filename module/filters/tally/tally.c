// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second filter to start from: counts what a dump is made of.
 *
 * It changes nothing. It shows what the template does not need: state per lane,
 * which start() resets, metadata for each chunk, and a result that finish()
 * publishes in the receipt. Documentation/writing-a-filter.md walks through it.
 *
 * In the record of each chunk: how many of its blocks of 4096 bytes are zeros, as 32
 * bits, little endian. In the receipt: the sums, as text.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <asm/byteorder.h>
#include <linux/cache.h>
#include <linux/dumpflt.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#define BLOCK	4096

/*
 * Two calls in the same lane never overlap, so that nobody else is here. A cache line
 * for each, or the lanes would take it from each other with every chunk.
 */
struct lane {
	u64	chunks;
	u64	zeros;
} ____cacheline_aligned_in_smp;

struct tally {
	u32		nr_lanes;
	struct lane	lanes[];
};

/* A stack may see more than one session: each counts from the start */
static int tally_start(const struct dumpflt_extension *ext)
{
	struct tally *tally = ext->data;

	memset(tally->lanes, 0, tally->nr_lanes * sizeof(tally->lanes[0]));
	return 0;
}

/* A block may lie across segments; who only looks need not have it in one piece */
static bool is_zero(const struct dumpflt_io *io, u32 *segment, u32 *used)
{
	bool zero = true;
	u32 left = BLOCK;

	while (left) {
		u32 len = min(left, io->segs[*segment].bv_len - *used);

		zero = zero && !memchr_inv(dumpflt_segment(io, *segment) + *used,
					   0, len);
		left -= len;
		*used += len;
		if (*used == io->segs[*segment].bv_len) {
			(*segment)++;
			*used = 0;
		}
	}
	return zero;
}

/*
 * The last chunk of the data is padded with zeros, and the trailer comes behind it:
 * both are chunks, and have metadata, but the trailer is no part of the dump.
 */
static int tally_write(const struct dumpflt_extension *ext,
		       const struct dumpflt_io *io)
{
	struct tally *tally = ext->data;
	struct lane *lane = &tally->lanes[io->lane];
	u32 done, segment = 0, used = 0, zeros = 0;
	__le32 stored;

	for (done = 0; done < io->len; done += BLOCK)
		zeros += is_zero(io, &segment, &used);
	/* other filters' metadata is in front of it: it may begin anywhere */
	stored = cpu_to_le32(zeros);
	memcpy(io->meta, &stored, sizeof(stored));
	if (io->flags & DUMPFLT_IO_F_LAST)
		return 0;
	lane->chunks++;
	lane->zeros += zeros;
	return 0;
}

/* No write is under way any more, so that all lanes may be read */
static int tally_finish(const struct dumpflt_extension *ext)
{
	struct tally *tally = ext->data;
	char text[DUMPFLT_RESULT_MAX];
	u64 chunks = 0, zeros = 0;
	u32 i;
	int len;

	for (i = 0; i < tally->nr_lanes; i++) {
		chunks += tally->lanes[i].chunks;
		zeros += tally->lanes[i].zeros;
	}
	len = scnprintf(text, sizeof(text), "chunks=%llu zero_blocks=%llu",
			chunks, zeros);
	return dumpflt_store(ext, text, len);
}

static int tally_unload(const struct dumpflt_extension *ext)
{
	kfree(ext->data);
	return 0;
}

static const struct dumpflt_ops tally_ops = {
	.start	= tally_start,
	.write	= tally_write,
	.finish	= tally_finish,
	.unload	= tally_unload,
};

static int tally_init(const struct dumpflt_extension *ext,
		      struct dumpflt_init_data *init_data)
{
	struct tally *tally;

	/* A dump without it is a dump all the same: not CRITICAL */
	init_data->flags_out = DUMPFLT_F_CONCURRENT;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;

	if (!(ext->flags & DUMPFLT_EXT_F_AREA)) {
		dumpflt_explain(init_data,
				"it keeps its counts in a dump area: make one with 'dumpflt format'");
		return -EOPNOTSUPP;
	}

	/* As many lanes as there can be; there may be fewer when it goes live */
	tally = kzalloc(struct_size(tally, lanes, ext->nr_lanes), GFP_KERNEL);
	if (!tally)
		return -ENOMEM;
	tally->nr_lanes = ext->nr_lanes;

	init_data->chunk_meta = sizeof(__le32);
	init_data->ops = &tally_ops;
	init_data->data = tally;
	return 0;
}

static const struct dumpflt_filter tally_filter = {
	.name	= "tally",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= tally_init,
};
module_dumpflt_filter(tally_filter);

MODULE_ALIAS_DUMPFLT("tally");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Dump filter to start from: counts blocks of zeros");
/* Of this filter: packages of modules compare it before they replace one */
MODULE_VERSION("1.0");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
