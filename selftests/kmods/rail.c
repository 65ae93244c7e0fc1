// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test filter: stands behind another one, and looks whether that wrote too far.
 *
 * A bounce buffer is zero at first, and only as much of it is filled as the
 * request is long. So if requests grow, all behind the longest one is still
 * zero. In a dump area, the filter's own metadata comes next to that of the one
 * before it, and must be zero when it is called.
 *
 * Changes nothing. The option pages says how long the buffers are; with serial=1
 * the whole stack has one lane, whatever the others could do.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/bvec.h>
#include <linux/dumpflt.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#define META_SIZE	8

struct rail {
	u32		size;
	/* bytes of the longest request up to now */
	atomic_t	longest;
};

static void remember_longest(struct rail *rail, u32 len)
{
	int longest = atomic_read(&rail->longest);

	while (len > longest &&
	       !atomic_try_cmpxchg(&rail->longest, &longest, len))
		;
}

static int rail_write(const struct dumpflt_extension *ext,
		      const struct dumpflt_io *io)
{
	struct rail *rail = ext->data;
	u32 filled;

	remember_longest(rail, io->len);
	if (io->meta && memchr_inv(io->meta, 0, META_SIZE))
		return -EOVERFLOW;
	/* Nobody has replaced the writer's pages */
	if (!dumpflt_in_place(io))
		return 0;
	filled = min_t(u32, atomic_read(&rail->longest), rail->size);
	if (memchr_inv(dumpflt_segment(io, 0) + filled, 0, rail->size - filled))
		return -EOVERFLOW;
	return 0;
}

static int rail_unload(const struct dumpflt_extension *ext)
{
	kfree(ext->data);
	return 0;
}

static const struct dumpflt_ops rail_ops = {
	.write	= rail_write,
	.unload	= rail_unload,
};

static int rail_init(const struct dumpflt_extension *ext,
		     struct dumpflt_init_data *init_data)
{
	struct rail *rail;
	u64 pages = 0, serial = 0;
	int err;

	init_data->flags_out = DUMPFLT_F_CRITICAL;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;

	err = dumpflt_option_u64(init_data, "pages", 1, init_data->max_pages,
				 &pages);
	err = err ?: dumpflt_option_u64(init_data, "serial", 0, 1, &serial);
	if (err)
		return err;
	if (!pages) {
		dumpflt_explain(init_data, "the option pages is needed");
		return -EINVAL;
	}
	rail = kzalloc(sizeof(*rail), GFP_KERNEL);
	if (!rail)
		return -ENOMEM;
	rail->size = pages * PAGE_SIZE;

	if (!serial)
		init_data->flags_out |= DUMPFLT_F_CONCURRENT;
	if (ext->flags & DUMPFLT_EXT_F_AREA)
		init_data->chunk_meta = META_SIZE;
	init_data->ops = &rail_ops;
	init_data->data = rail;
	return 0;
}

static const struct dumpflt_filter rail_filter = {
	.name	= "rail",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= rail_init,
};
module_dumpflt_filter(rail_filter);

MODULE_ALIAS_DUMPFLT("rail");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that finds out if the one before it wrote too far");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
