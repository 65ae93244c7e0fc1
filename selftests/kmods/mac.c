// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test filter: gives the core a key for the receipt's MAC, at start or, which
 * it may not, with a write.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dumpflt.h>
#include <linux/string.h>

static const u8 key[DUMPFLT_MAC_KEY_SIZE] = "not a secret";

static int set_key(const struct dumpflt_extension *ext)
{
	return dumpflt_set_mac_key(ext, key);
}

static int set_key_late(const struct dumpflt_extension *ext,
			const struct dumpflt_io *io)
{
	return dumpflt_set_mac_key(ext, key);
}

static const struct dumpflt_ops at_start = {
	.start	= set_key,
};

static const struct dumpflt_ops at_write = {
	.write	= set_key_late,
};

static int mac_init(const struct dumpflt_extension *ext,
		    struct dumpflt_init_data *init_data)
{
	const char *at = dumpflt_option(init_data, "at", 0);

	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	if (!at)
		return -EINVAL;
	init_data->ops = strcmp(at, "start") ? &at_write : &at_start;
	return 0;
}

static const struct dumpflt_filter mac_filter = {
	.name	= "mac",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= mac_init,
};
module_dumpflt_filter(mac_filter);

MODULE_ALIAS_DUMPFLT("mac");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that gives a key for the receipt");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
