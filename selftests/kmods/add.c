// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test filter: adds the constant n to every byte, modulo 256.
 *
 * Does not commute with the template filter's XOR, so a stack of both shows in
 * which order filters are called. With unfilled=1 it installs its bounce buffer as
 * it is, which no filter should; with fail_start=N its start fails the Nth time, and it
 * is not critical.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dumpflt.h>
#include <linux/slab.h>

#include "bytes.h"

struct add {
	u8 n;
	bool unfilled;
	u64 starts;
	u64 fail_start;
};

static int add_start(const struct dumpflt_extension *ext)
{
	struct add *add = ext->data;

	return ++add->starts == add->fail_start ? -ENODEV : 0;
}

static u8 add_byte(u8 byte, u64 offset, u8 n)
{
	return byte + n;
}

static u8 subtract_byte(u8 byte, u64 offset, u8 n)
{
	return byte - n;
}

static int add_write(const struct dumpflt_extension *ext,
		     const struct dumpflt_io *io)
{
	struct add *add = ext->data;

	if (add->unfilled)
		dumpflt_set_buffer(io, dumpflt_bounce(io));
	else
		change_write(io, add_byte, add->n);
	return 0;
}

static int add_read(const struct dumpflt_extension *ext,
		    const struct dumpflt_io *io)
{
	struct add *add = ext->data;

	change_read(io, subtract_byte, add->n);
	return 0;
}

static int add_unload(const struct dumpflt_extension *ext)
{
	kfree(ext->data);
	return 0;
}

static const struct dumpflt_ops add_ops = {
	.start	= add_start,
	.write	= add_write,
	.read	= add_read,
	.unload	= add_unload,
};

static int add_init(const struct dumpflt_extension *ext,
		    struct dumpflt_init_data *init_data)
{
	struct add *add;
	u64 n = 1, unfilled = 0, fail_start = 0;
	int err;

	init_data->flags_out = DUMPFLT_F_CRITICAL | DUMPFLT_F_READ |
			       DUMPFLT_F_BOUNCE | DUMPFLT_F_CONCURRENT;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;

	err = dumpflt_option_u64(init_data, "n", 0, U8_MAX, &n);
	if (err)
		return err;
	err = dumpflt_option_u64(init_data, "unfilled", 0, 1, &unfilled);
	if (err)
		return err;
	err = dumpflt_option_u64(init_data, "fail_start", 0, U32_MAX, &fail_start);
	if (err)
		return err;
	if (fail_start)
		init_data->flags_out &= ~DUMPFLT_F_CRITICAL;
	add = kzalloc(sizeof(*add), GFP_KERNEL);
	if (!add)
		return -ENOMEM;
	add->n = n;
	add->unfilled = unfilled;
	add->fail_start = fail_start;

	init_data->ops = &add_ops;
	init_data->data = add;
	return 0;
}

static const struct dumpflt_filter add_filter = {
	.name	= "add",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= add_init,
};
module_dumpflt_filter(add_filter);

MODULE_ALIAS_DUMPFLT("add");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that adds a constant to every byte");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
