// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fault filter: passes data through until it does one thing wrong, at a
 * call that its options choose. For tests of the core, never for a real dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/dumpflt.h>
#include <linux/gfp.h>
#include <linux/slab.h>

#include "fault.h"
#include "module/version.h"

static int call(enum fault_callback callback, const struct dumpflt_extension *ext,
		const struct dumpflt_io *io)
{
	struct fault *fault = ext->data;

	/* The core promised to restore what FAULT_EXT changed */
	if (!fault || ext->type != fault->type ||
	    ext->part_start != fault->part_start)
		return -EUCLEAN;
	return dumpflt_fault_inject(fault, callback, ext, io);
}

static int fault_start(const struct dumpflt_extension *ext)
{
	return call(FAULT_START, ext, NULL);
}

static int fault_write(const struct dumpflt_extension *ext,
		       const struct dumpflt_io *io)
{
	return call(FAULT_WRITE, ext, io);
}

static int fault_read(const struct dumpflt_extension *ext,
		      const struct dumpflt_io *io)
{
	return call(FAULT_READ, ext, io);
}

static int fault_finish(const struct dumpflt_extension *ext)
{
	return call(FAULT_FINISH, ext, NULL);
}

static void destroy(struct fault *fault)
{
	cancel_delayed_work_sync(&fault->change_ops);
	if (fault->foreign)
		free_pages_exact(fault->foreign, fault->foreign_size);
	kfree(fault);
}

static int fault_unload(const struct dumpflt_extension *ext)
{
	int ret = call(FAULT_UNLOAD, ext, NULL);

	if (ext->data)
		destroy(ext->data);
	return ret;
}

static void fill_ops(struct dumpflt_ops *ops, const struct fault_plan *plan)
{
	if (plan->callbacks & BIT(FAULT_START))
		ops->start = fault_start;
	if (plan->callbacks & BIT(FAULT_WRITE))
		ops->write = fault_write;
	if (plan->callbacks & BIT(FAULT_READ))
		ops->read = fault_read;
	if (plan->callbacks & BIT(FAULT_FINISH))
		ops->finish = fault_finish;
	if (plan->reserved)
		ops->reserved = fault_write;
	/* Frees the instance */
	ops->unload = fault_unload;
}

static void fill_init_data(struct dumpflt_init_data *init_data,
			   const struct fault_plan *plan)
{
	init_data->flags_out = plan->flags;
	init_data->major = plan->major;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->chunk_meta = plan->chunk_meta;
	if (plan->max_pages)
		init_data->max_pages = plan->max_pages;
	if (plan->block_size)
		init_data->block_size = plan->block_size;
}

static int allocate_foreign(struct fault *fault, size_t size)
{
	if (fault->plan.mode != FAULT_FOREIGN &&
	    fault->plan.mode != FAULT_DESCRIPTOR)
		return 0;

	/* Whatever a core that does not notice would write is at least ours */
	fault->foreign = alloc_pages_exact(size, GFP_KERNEL | __GFP_ZERO);
	if (!fault->foreign)
		return -ENOMEM;
	fault->foreign_size = size;
	return 0;
}

static int fault_init(const struct dumpflt_extension *ext,
		      struct dumpflt_init_data *init_data)
{
	size_t io_size = (size_t)init_data->max_pages * PAGE_SIZE;
	struct fault_plan plan = {};
	struct fault *fault;
	int ret;

	ret = dumpflt_fault_plan_read(&plan, init_data);
	fill_init_data(init_data, &plan);
	if (ret) {
		/* Left out, we would let a test pass that tests nothing */
		init_data->flags_out |= DUMPFLT_F_CRITICAL;
		return ret;
	}

	fault = kzalloc(sizeof(*fault), GFP_KERNEL);
	if (!fault)
		return -ENOMEM;
	fault->plan = plan;
	fault->type = ext->type;
	fault->part_start = ext->part_start;
	INIT_DELAYED_WORK(&fault->change_ops, dumpflt_fault_change_ops);
	fill_ops(&fault->ops, &plan);

	ret = allocate_foreign(fault, io_size);
	if (ret)
		goto out_destroy;

	ret = dumpflt_fault_inject(fault, FAULT_INIT, ext, NULL);
	if (ret) {
		/* For a positive value the core has words of its own */
		if (ret < 0)
			dumpflt_explain(init_data, "as the options ask for");
		goto out_destroy;
	}

	init_data->ops = &fault->ops;
	init_data->data = fault;
	return 0;

out_destroy:
	destroy(fault);
	return ret;
}

static const struct dumpflt_filter fault_filter = {
	.name	= "fault",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= fault_init,
};
module_dumpflt_filter(fault_filter);

MODULE_ALIAS_DUMPFLT("fault");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Dump filter that fails on request, for tests");
MODULE_LICENSE("GPL");
MODULE_VERSION(DUMPFLT_VERSION);
DUMPFLT_IMPORT_NS;
