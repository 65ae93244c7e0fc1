// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trace filter: changes nothing, and leaves an event for each call.
 *
 * An event is written to the per-CPU ring buffer, which is allocated before the
 * dump; with the event switched off a call costs a patched jump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/blk_types.h>
#include <linux/dumpflt.h>
#include <linux/slab.h>

#define CREATE_TRACE_POINTS
#include "trace_event.h"
#include "module/version.h"

/* The callbacks must not touch ext->bdev, so init() keeps its number */
struct tracer {
	dev_t dev;
};

static int tracer_start(const struct dumpflt_extension *ext)
{
	struct tracer *tracer = ext->data;

	trace_dumpflt_trace_call(DUMPFLT_TRACE_START, tracer->dev, 0, 0, 0);
	return 0;
}

static int tracer_write(const struct dumpflt_extension *ext,
			const struct dumpflt_io *io)
{
	struct tracer *tracer = ext->data;

	trace_dumpflt_trace_call(DUMPFLT_TRACE_WRITE, tracer->dev, io->offset,
				 io->len, io->lane);
	return 0;
}

static int tracer_read(const struct dumpflt_extension *ext,
		       const struct dumpflt_io *io)
{
	struct tracer *tracer = ext->data;

	trace_dumpflt_trace_call(DUMPFLT_TRACE_READ, tracer->dev, io->offset,
				 io->len, io->lane);
	return 0;
}

static int tracer_finish(const struct dumpflt_extension *ext)
{
	struct tracer *tracer = ext->data;

	trace_dumpflt_trace_call(DUMPFLT_TRACE_FINISH, tracer->dev, 0, 0, 0);
	return 0;
}

static int tracer_unload(const struct dumpflt_extension *ext)
{
	struct tracer *tracer = ext->data;

	trace_dumpflt_trace_call(DUMPFLT_TRACE_UNLOAD, tracer->dev, 0, 0, 0);
	kfree(tracer);
	return 0;
}

static const struct dumpflt_ops tracer_ops = {
	.start	= tracer_start,
	.write	= tracer_write,
	.read	= tracer_read,
	.finish	= tracer_finish,
	.unload	= tracer_unload,
};

static int tracer_init(const struct dumpflt_extension *ext,
		       struct dumpflt_init_data *init_data)
{
	struct tracer *tracer;

	tracer = kmalloc(sizeof(*tracer), GFP_KERNEL);
	if (!tracer)
		return -ENOMEM;
	tracer->dev = ext->bdev->bd_dev;

	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->flags_out = DUMPFLT_F_READ | DUMPFLT_F_CONCURRENT;
	init_data->ops = &tracer_ops;
	init_data->data = tracer;
	return 0;
}

static const struct dumpflt_filter tracer_filter = {
	.name	= "trace",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= tracer_init,
};
module_dumpflt_filter(tracer_filter);

MODULE_ALIAS_DUMPFLT("trace");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Dump filter that leaves a trace event for each call");
MODULE_LICENSE("GPL");
MODULE_VERSION(DUMPFLT_VERSION);
DUMPFLT_IMPORT_NS;
