// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test module: has a filter on the heap, which comes and goes by a parameter, and
 * so may go while a stack has it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/dumpflt.h>
#include <linux/slab.h>
#include <linux/string.h>

#define NAME	"early"

struct heap_filter {
	struct dumpflt_filter	filter;
	char			name[sizeof(NAME)];
};

static struct heap_filter *heap;

static const struct dumpflt_ops early_ops;

static int early_init(const struct dumpflt_extension *ext,
		      struct dumpflt_init_data *init_data)
{
	init_data->flags_out = DUMPFLT_F_CRITICAL;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->ops = &early_ops;
	return 0;
}

static int come(void)
{
	const struct dumpflt_filter filter = {
		.owner	= THIS_MODULE,
		DUMPFLT_FILTER_SIZES,
		.init	= early_init,
	};
	int err;

	heap = kzalloc(sizeof(*heap), GFP_KERNEL);
	if (!heap)
		return -ENOMEM;
	heap->filter = filter;
	strscpy(heap->name, NAME, sizeof(heap->name));
	heap->filter.name = heap->name;
	err = dumpflt_register_filter(&heap->filter);
	if (err) {
		kfree(heap);
		heap = NULL;
	}
	return err;
}

static void go(void)
{
	dumpflt_unregister_filter(&heap->filter);
	/* who looks at it from here on shall not find what was there */
	memset(heap, 0x6b, sizeof(*heap));
	kfree(heap);
	heap = NULL;
}

static int set_registered(const char *text, const struct kernel_param *param)
{
	bool registered;
	int err = kstrtobool(text, &registered);

	if (err || registered == !!heap)
		return err;
	if (registered)
		return come();
	go();
	return 0;
}

static const struct kernel_param_ops registered_ops = {
	.set	= set_registered,
};

module_param_cb(registered, &registered_ops, NULL, 0200);
MODULE_PARM_DESC(registered, "1: the filter is there, 0: it is not");

static bool fails;
module_param(fails, bool, 0);
MODULE_PARM_DESC(fails, "it cannot be loaded, and forgets what it has registered");

static unsigned int loads_ms;
module_param(loads_ms, uint, 0);
MODULE_PARM_DESC(loads_ms, "it is loading for so long when it has registered, then unregisters and cannot be loaded");

static int __init early_begin(void)
{
	int err;

	if (!fails && !loads_ms)
		return 0;
	err = come();
	if (err)
		return err;
	if (loads_ms) {
		msleep(loads_ms);
		go();
	}
	return -ENODEV;
}

static void __exit early_end(void)
{
	if (heap)
		go();
}

module_init(early_begin);
module_exit(early_end);

MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that is unregistered too early");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
