// SPDX-License-Identifier: GPL-2.0-only
/*
 * One filter in one stack: how it is made, what it may ask for, how it goes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/crc32.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "base/options.h"
#include "filter/filter.h"

/* In front of each extension, so that it leads back to its instance */
struct extension_box {
	struct dumpflt_instance		*inst;
	struct dumpflt_extension	ext;
};

static struct dumpflt_extension *alloc_extension(struct dumpflt_instance *inst,
						 size_t size)
{
	struct extension_box *box;

	/* never less than the filter knows, so that it may read all of it */
	box = kzalloc(offsetof(struct extension_box, ext) +
		      max(size, sizeof(box->ext)), GFP_KERNEL);
	if (!box)
		return NULL;
	box->inst = inst;
	return &box->ext;
}

static void free_extension(struct dumpflt_extension *ext)
{
	kfree(container_of(ext, struct extension_box, ext));
}

/**
 * dumpflt_instance_of - the instance that a filter names by its extension
 * @ext: what it was given
 *
 * Context: any.
 * Return: the instance.
 */
struct dumpflt_instance *dumpflt_instance_of(const struct dumpflt_extension *ext)
{
	return container_of(ext, struct extension_box, ext)->inst;
}

/**
 * dumpflt_instance_create - find an entry's filter and pin it
 * @stack: being made live
 * @entry: of @stack; the instance has a reference to it
 *
 * Context: process context, stack lock held; may run modprobe.
 * Return: the instance, to be given to dumpflt_instance_destroy(); -ENOENT if
 * there is no such filter, -ENOMEM.
 */
struct dumpflt_instance *dumpflt_instance_create(struct dumpflt_stack *stack,
						 struct dumpflt_entry *entry)
{
	struct dumpflt_instance *inst;

	inst = kzalloc(sizeof(*inst), GFP_KERNEL);
	if (!inst)
		return ERR_PTR(-ENOMEM);
	inst->stack = stack;
	inst->entry = entry;
	/* whatever fails before init() has answered must not leave it out */
	inst->flags = DUMPFLT_F_CRITICAL;
	inst->running = DUMPFLT_NR_CB;

	/* in a notifier of PM, whose lock a module could ask for as it is loaded */
	inst->filter = dumpflt_filter_get(entry->name, !stack->by_hibernation);
	if (!inst->filter) {
		kfree(inst);
		return ERR_PTR(-ENOENT);
	}

	inst->ext = alloc_extension(inst, inst->filter->ext_size);
	if (!inst->ext) {
		dumpflt_filter_put(inst->filter);
		kfree(inst);
		return ERR_PTR(-ENOMEM);
	}
	config_item_get(&entry->item);
	return inst;
}

static void fill_extension(struct dumpflt_instance *inst)
{
	struct dumpflt_stack *stack = inst->stack;
	struct block_device *bdev = stack->target.bdev;
	struct dumpflt_extension *ext = &inst->master;
	const char *uuid = dumpflt_compat_bdev_uuid(bdev);

	ext->size = min_t(u32, sizeof(*ext), inst->filter->ext_size);
	ext->type = stack->type;
	ext->logical_block_size = stack->limits.block_size;
	ext->physical_block_size = stack->limits.physical_block_size;
	ext->nr_lanes = stack->limits.nr_lanes;
	ext->size_bytes = stack->limits.capacity;
	ext->part_start = (u64)get_start_sect(bdev) << SECTOR_SHIFT;
	ext->part_size = stack->target.size;
	ext->bdev = bdev;
	if (bdev_is_partition(bdev))
		ext->flags |= DUMPFLT_EXT_F_PARTITION;
	if (stack->limits.chunk_size)
		ext->flags |= DUMPFLT_EXT_F_AREA;
	if (uuid)
		strscpy(ext->part_uuid, uuid, sizeof(ext->part_uuid));
	*inst->ext = *ext;
}

/* What init() left behind must be something that this core understands */
static const char *complaint(const struct dumpflt_instance *inst,
			     const struct dumpflt_init_data *data)
{
	const struct dumpflt_limits *limits = &inst->stack->limits;

	if (!data->ops)
		return "set no ops";
	if (data->major != DUMPFLT_MAJOR_VERSION_1 &&
	    data->major != DUMPFLT_MAJOR_VERSION)
		return "set a major version other than 1 and 2";
	if (data->minor > DUMPFLT_MINOR_VERSION)
		return "set a minor version that is not known";
	if (data->flags_out & ~DUMPFLT_F_ALL)
		return "set unknown flags";
	if (data->ops->reserved)
		return "set the reserved callback";
	/* what it was to change would leave as it came; see broken_data_rule() */
	if ((data->flags_out & (DUMPFLT_F_BOUNCE | DUMPFLT_F_PASS)) ==
		    DUMPFLT_F_BOUNCE && !data->ops->write)
		return "took BOUNCE and has no write callback";
	if ((data->flags_out & (DUMPFLT_F_BOUNCE | DUMPFLT_F_ROOM)) == DUMPFLT_F_ROOM)
		return "took ROOM without BOUNCE";
	if (data->chunk_meta && !limits->record_size)
		return "asked for chunk metadata, which needs a dump area";
	if (data->chunk_meta > DUMPFLT_CHUNK_META_MAX)
		return "asked for too much chunk metadata";
	if (!is_power_of_2(data->block_size) ||
	    data->block_size < limits->block_size ||
	    data->block_size > PAGE_SIZE)
		return "lowered the block size, or set it above a page or to no power of two";
	if (!data->max_pages || data->max_pages > limits->max_pages)
		return "raised max_pages, or set it to 0";
	if (limits->chunk_size && data->max_pages < limits->max_pages)
		return "lowered max_pages, but a dump area is written in chunks of 64 KiB";
	return NULL;
}

static void take_answer(struct dumpflt_instance *inst,
			const struct dumpflt_init_data *data)
{
	inst->their_ops = data->ops;
	inst->ops = *data->ops;
	inst->flags = data->flags_out;
	inst->max_pages = data->max_pages;
	inst->block_size = data->block_size;
	inst->chunk_meta = data->chunk_meta;
	/* all three, as in the original (C15) */
	inst->reads = data->major == DUMPFLT_MAJOR_VERSION &&
		      (data->flags_out & DUMPFLT_F_READ) && data->ops->read;
	inst->master.data = data->data;
	inst->ext->data = data->data;
}

/**
 * dumpflt_broken_result - may a callback return this?
 * @ret: what it returned
 *
 * Context: any.
 * Return: %NULL, or words: which rule it breaks.
 */
const char *dumpflt_broken_result(int ret)
{
	if (ret > 0)
		return "returned a positive value, which is no errno";
	/* the last one of user space; mips has one behind it */
	if (ret < -EHWPOISON && ret != -EDQUOT)
		return "returned an errno that user space does not know";
	return NULL;
}

static int run_init(struct dumpflt_instance *inst,
		    struct dumpflt_init_data *data)
{
	const struct dumpflt_filter *filter = inst->filter;
	struct dumpflt_context context;
	struct dumpflt_options options;
	const char *what, *came_back;
	char rule[96] = "";
	int ret, len;

	ret = dumpflt_options_init(&options, inst);
	if (ret) {
		dumpflt_fail(inst->stack, inst, ret, "init could not be called");
		return ret;
	}
	data->size = min_t(u32, sizeof(*data), filter->init_size);
	data->flags_in = DUMPFLT_IN_F_READ | DUMPFLT_IN_F_EXTENSION_EX;
	data->max_pages = inst->stack->limits.max_pages;
	data->block_size = inst->stack->limits.block_size;
	data->options = &options;

	dumpflt_context_save(&context);
	ret = filter->init(inst->ext, data);
	came_back = dumpflt_context_put_back(&context);
	what = dumpflt_broken_result(ret);
	if (ret > 0)
		scnprintf(rule, sizeof(rule), "returned %d, which is no errno", ret);
	else if (what)
		scnprintf(rule, sizeof(rule), "%s (%d)", what, ret);
	else if (ret && came_back)
		strscpy(rule, came_back, sizeof(rule));
	if (rule[0])
		ret = -EPROTO;
	/* C10: asked for even if init failed */
	inst->flags = data->flags_out;
	if (ret)
		goto out_note;

	/* init succeeded, so from here on unload is owed (C53) */
	inst->inited = true;
	if (data->ops)
		inst->ops = *data->ops;
	inst->master.data = data->data;
	what = came_back ?: complaint(inst, data);
	if (what) {
		strscpy(rule, what, sizeof(rule));
		ret = -EPROTO;
		goto out_note;
	}
	take_answer(inst, data);
	what = dumpflt_options_unused(&options, &len);
	if (what) {
		scnprintf(rule, sizeof(rule),
			  "does not know the option %.*s, or only once", len, what);
		ret = -EINVAL;
	}
out_note:
	if (ret)
		(dumpflt_instance_may_lack(inst) ? dumpflt_note : dumpflt_fail)
			(inst->stack, inst, ret, "init failed%s%s%s%s",
			 rule[0] ? ": " : "", rule,
			 options.why[0] ? ": " : "", options.why);
	dumpflt_options_exit(&options);
	return ret;
}

/**
 * dumpflt_instance_init - call a filter's init()
 * @inst: from dumpflt_instance_create()
 *
 * Whatever happens, @inst->flags says afterwards what the filter wants.
 *
 * Context: process context, stack lock held; the filter may sleep.
 * Return: 0, the filter's errno, -EPROTO if it asked for what cannot be, or
 * -EINVAL if the configuration has an option that it does not know.
 */
int dumpflt_instance_init(struct dumpflt_instance *inst)
{
	struct dumpflt_init_data *data;
	int ret;

	lockdep_assert_held(&inst->stack->lock);

	data = kzalloc(max_t(size_t, sizeof(*data), inst->filter->init_size),
		       GFP_KERNEL);
	if (!data) {
		dumpflt_fail(inst->stack, inst, -ENOMEM,
			     "init could not be called");
		return -ENOMEM;
	}
	fill_extension(inst);
	ret = run_init(inst, data);
	kfree(data);
	return ret;
}

/**
 * dumpflt_instance_destroy - free an instance and unpin its filter
 * @inst: the instance, unloaded; %NULL is legal
 *
 * Context: process context.
 */
void dumpflt_instance_destroy(struct dumpflt_instance *inst)
{
	if (!inst)
		return;
	kfree(inst->stored);
	free_extension(inst->ext);
	dumpflt_filter_put(inst->filter);
	config_item_put(&inst->entry->item);
	kfree(inst);
}

/**
 * dumpflt_instance_total - what a receipt counts
 * @inst: counts on meanwhile, if a callback of it runs
 *
 * Counters run since the stack went live, while a receipt is about one session:
 * what counts is the difference to @inst->before.
 *
 * Context: any.
 * Return: the sums of the counters.
 */
struct dumpflt_total dumpflt_instance_total(const struct dumpflt_instance *inst)
{
	struct dumpflt_total total = {
		.writes = atomic64_read(&inst->stat[DUMPFLT_CB_WRITE].calls),
		.bytes = atomic64_read(&inst->stat[DUMPFLT_CB_WRITE].bytes),
	};
	unsigned int i;

	for (i = 0; i < DUMPFLT_NR_CB; i++) {
		total.errors += atomic64_read(&inst->stat[i].errors);
		total.ns += atomic64_read(&inst->stat[i].ns);
	}
	return total;
}

/**
 * dumpflt_instance_begin - a session begins in an area
 * @inst: its counters so far are not of this session
 *
 * Context: stack lock held, queue frozen.
 */
void dumpflt_instance_begin(struct dumpflt_instance *inst)
{
	inst->stored_len = 0;
	memset(&inst->result, 0, sizeof(inst->result));
	inst->start_err = 0;
	inst->finish_err = 0;
	inst->before = dumpflt_instance_total(inst);
}

/*
 * Taken over the filter's own table, not over our copy: what is to be found is
 * that somebody has overwritten either.
 */
static u32 seal_instance(const struct dumpflt_instance *inst, u32 seed)
{
	seed = crc32_le(seed, (const u8 *)&inst->filter, sizeof(inst->filter));
	seed = crc32_le(seed, (const u8 *)inst->their_ops,
			sizeof(*inst->their_ops));
	seed = crc32_le(seed, (const u8 *)&inst->ops, sizeof(inst->ops));
	seed = crc32_le(seed, (const u8 *)&inst->flags, sizeof(inst->flags));
	seed = crc32_le(seed, (const u8 *)&inst->max_pages,
			sizeof(inst->max_pages));
	seed = crc32_le(seed, (const u8 *)&inst->reads, sizeof(inst->reads));
	seed = crc32_le(seed, (const u8 *)&inst->chunk_meta,
			sizeof(inst->chunk_meta));
	seed = crc32_le(seed, (const u8 *)&inst->meta_offset,
			sizeof(inst->meta_offset));
	return crc32_le(seed, (const u8 *)&inst->master.data,
			sizeof(inst->master.data));
}

/**
 * dumpflt_stack_seal - checksum over what must not change while live (C48)
 * @stack: live, or all but: only its state is still to change
 *
 * Context: process context, stack lock held.
 * Return: the checksum.
 */
u32 dumpflt_stack_seal(const struct dumpflt_stack *stack)
{
	u32 crc = crc32_le(~0, (const u8 *)&stack->limits,
			   sizeof(stack->limits));
	unsigned int i;

	crc = crc32_le(crc, (const u8 *)&stack->target, sizeof(stack->target));
	crc = crc32_le(crc, (const u8 *)&stack->layout, sizeof(stack->layout));
	crc = crc32_le(crc, (const u8 *)&stack->area, sizeof(stack->area));
	crc = crc32_le(crc, (const u8 *)stack->inst, sizeof(stack->inst));
	for (i = 0; i < stack->nr_inst; i++)
		crc = seal_instance(stack->inst[i], crc);
	return crc;
}
