// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test filter: breaks a rule that the core does not look after, for tests of
 * the tests of filters. XORs with a key of its own, and gets wrong what the
 * option breaks=<word> says:
 *
 *   buffer	writes behind the data in its bounce buffer
 *   source	writes behind the writer's data, in the writer's page
 *   reader	writes behind the reader's data
 *   metadata	writes behind its chunk metadata
 *   unequal	what it reads is not what it wrote
 *   behind	forgets to change data that another filter has replaced
 *   second	does not dump a second time
 *   shared	keeps its state where all stacks have it
 *   race	keeps its state where all lanes have it
 *   leak	does not free what it allocated
 *   log	makes the kernel complain
 *
 * What it destroys belongs to the test, which knows.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/bvec.h>
#include <linux/delay.h>
#include <linux/dumpflt.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bytes.h"

#define META_SIZE	8
#define RACE_MS		50

enum breaks {
	BREAKS_NONE, BREAKS_BUFFER, BREAKS_SOURCE, BREAKS_READER,
	BREAKS_METADATA, BREAKS_UNEQUAL, BREAKS_BEHIND, BREAKS_SECOND,
	BREAKS_SHARED, BREAKS_RACE, BREAKS_LEAK, BREAKS_LOG,
};

static const char * const words[] = {
	[BREAKS_NONE]		= "none",
	[BREAKS_BUFFER]		= "buffer",
	[BREAKS_SOURCE]		= "source",
	[BREAKS_READER]		= "reader",
	[BREAKS_METADATA]	= "metadata",
	[BREAKS_UNEQUAL]	= "unequal",
	[BREAKS_BEHIND]		= "behind",
	[BREAKS_SECOND]		= "second",
	[BREAKS_SHARED]		= "shared",
	[BREAKS_RACE]		= "race",
	[BREAKS_LEAK]		= "leak",
	[BREAKS_LOG]		= "log",
};

struct rogue {
	enum breaks	breaks;
	u8		key;
	/* lanes that are in here */
	atomic_t	inside;
	unsigned int	dumps;
};

/* What should be in the instance */
static atomic_t instances;
static u8 shared_key;

static u8 xor_byte(u8 byte, u64 offset, u8 n)
{
	return byte ^ n;
}

static u8 *behind_data(const struct dumpflt_io *io)
{
	u32 last = io->nr_segs - 1;

	return (u8 *)dumpflt_segment(io, last) + io->segs[last].bv_len;
}

static bool ends_inside_page(const struct dumpflt_io *io)
{
	return !PAGE_ALIGNED(behind_data(io));
}

static int rogue_start(const struct dumpflt_extension *ext)
{
	struct rogue *rogue = ext->data;

	shared_key = rogue->key;
	if (ext->flags & DUMPFLT_EXT_F_READ_SESSION)
		return 0;
	if (rogue->breaks == BREAKS_SECOND && rogue->dumps++)
		return -EALREADY;
	return 0;
}

/*
 * Another one if another lane is here as well. It is waited for, as long as a
 * busy machine takes to let its CPU run.
 */
static u8 race(struct rogue *rogue)
{
	int others = atomic_fetch_inc(&rogue->inside);
	int waited;

	for (waited = 0; atomic_read(&rogue->inside) < 2 && waited < RACE_MS; waited++)
		mdelay(1);
	atomic_dec(&rogue->inside);
	return rogue->key + others;
}

static u8 key_of(struct rogue *rogue)
{
	switch (rogue->breaks) {
	case BREAKS_SHARED:
		return shared_key;
	case BREAKS_RACE:
		return race(rogue);
	default:
		return rogue->key;
	}
}

static int rogue_write(const struct dumpflt_extension *ext,
		       const struct dumpflt_io *io)
{
	struct rogue *rogue = ext->data;

	if (rogue->breaks == BREAKS_BEHIND && dumpflt_in_place(io))
		return 0;
	if (rogue->breaks == BREAKS_SOURCE && ends_inside_page(io))
		*behind_data(io) ^= 0xff;
	change_write(io, xor_byte, key_of(rogue));
	if (rogue->breaks == BREAKS_BUFFER && ends_inside_page(io))
		*behind_data(io) = 0xff;
	if (rogue->breaks == BREAKS_METADATA && io->meta)
		memset(io->meta, 0xff, META_SIZE + 1);
	return 0;
}

static int rogue_read(const struct dumpflt_extension *ext,
		      const struct dumpflt_io *io)
{
	struct rogue *rogue = ext->data;
	u8 key = key_of(rogue);

	if (rogue->breaks == BREAKS_UNEQUAL)
		key++;
	change_read(io, xor_byte, key);
	if (rogue->breaks == BREAKS_READER && ends_inside_page(io))
		*behind_data(io) ^= 0xff;
	return 0;
}

static int rogue_unload(const struct dumpflt_extension *ext)
{
	struct rogue *rogue = ext->data;

	if (rogue->breaks == BREAKS_LOG)
		pr_err("BUG: only a test\n");
	if (rogue->breaks != BREAKS_LEAK)
		kfree(rogue);
	return 0;
}

static const struct dumpflt_ops rogue_ops = {
	.start	= rogue_start,
	.write	= rogue_write,
	.read	= rogue_read,
	.unload	= rogue_unload,
};

static int rogue_init(const struct dumpflt_extension *ext,
		      struct dumpflt_init_data *init_data)
{
	const char *word = dumpflt_option(init_data, "breaks", 0);
	struct rogue *rogue;
	int breaks;

	init_data->flags_out = DUMPFLT_F_CRITICAL | DUMPFLT_F_READ |
			       DUMPFLT_F_BOUNCE | DUMPFLT_F_CONCURRENT;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;

	breaks = match_string(words, ARRAY_SIZE(words), word ?: "none");
	if (breaks < 0) {
		dumpflt_explain(init_data, "breaks: no word '%s'", word);
		return breaks;
	}
	rogue = kzalloc(sizeof(*rogue), GFP_KERNEL);
	if (!rogue)
		return -ENOMEM;
	rogue->breaks = breaks;
	/* Never 0, and another one than that of the instance before */
	rogue->key = atomic_inc_return(&instances) % U8_MAX + 1;

	if (ext->flags & DUMPFLT_EXT_F_AREA)
		init_data->chunk_meta = META_SIZE;
	init_data->ops = &rogue_ops;
	init_data->data = rogue;
	return 0;
}

static const struct dumpflt_filter rogue_filter = {
	.name	= "rogue",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= rogue_init,
};
module_dumpflt_filter(rogue_filter);

MODULE_ALIAS_DUMPFLT("rogue");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that breaks rules which the core does not watch");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
