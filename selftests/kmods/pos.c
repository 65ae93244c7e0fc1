// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test filter: adds to every byte a number that depends on where it is.
 *
 * What it adds to the byte at offset p of the target is, modulo 256:
 *
 *   p + (p >> 9) + (p >> 17) + (p >> 25)
 *
 * so data that is written or read with a wrong offset comes out wrong.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dumpflt.h>

#include "bytes.h"

static u8 number_at(u64 offset)
{
	return offset + (offset >> 9) + (offset >> 17) + (offset >> 25);
}

static u8 add_position(u8 byte, u64 offset, u8 n)
{
	return byte + number_at(offset);
}

static u8 subtract_position(u8 byte, u64 offset, u8 n)
{
	return byte - number_at(offset);
}

static int pos_write(const struct dumpflt_extension *ext,
		     const struct dumpflt_io *io)
{
	change_write(io, add_position, 0);
	return 0;
}

static int pos_read(const struct dumpflt_extension *ext,
		    const struct dumpflt_io *io)
{
	change_read(io, subtract_position, 0);
	return 0;
}

static const struct dumpflt_ops pos_ops = {
	.write	= pos_write,
	.read	= pos_read,
};

static int pos_init(const struct dumpflt_extension *ext,
		    struct dumpflt_init_data *init_data)
{
	init_data->flags_out = DUMPFLT_F_CRITICAL | DUMPFLT_F_READ |
			       DUMPFLT_F_BOUNCE | DUMPFLT_F_CONCURRENT;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->ops = &pos_ops;
	return 0;
}

static const struct dumpflt_filter pos_filter = {
	.name	= "pos",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= pos_init,
};
module_dumpflt_filter(pos_filter);

MODULE_ALIAS_DUMPFLT("pos");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that adds a position-dependent number to every byte");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
