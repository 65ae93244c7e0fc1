// SPDX-License-Identifier: GPL-2.0-only
/*
 * A filter that stores, and gives reasons, in each callback, and says what the core
 * made of it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/dumpflt.h>
#include <linux/errno.h>
#include <linux/string.h>

static char *fails = "";
module_param(fails, charp, 0644);
MODULE_PARM_DESC(fails, "the callback that fails: start or finish");

static int result;
module_param(result, int, 0644);
MODULE_PARM_DESC(result, "what write() and read() are to return");

static unsigned int bytes = 4;
module_param(bytes, uint, 0644);
MODULE_PARM_DESC(bytes, "how much finish() stores");

/* errnos of dumpflt_store() */
static int at_start, at_write, at_finish;
module_param(at_start, int, 0444);
module_param(at_write, int, 0444);
module_param(at_finish, int, 0444);

static int late_start(const struct dumpflt_extension *ext)
{
	at_start = dumpflt_store(ext, "begun", 5);
	dumpflt_reason(ext, "no wish to %s", "begin");
	dumpflt_reason(ext, "the second reason");
	return sysfs_streq(fails, "start") ? -ENODEV : 0;
}

static int late_write(const struct dumpflt_extension *ext,
		      const struct dumpflt_io *io)
{
	at_write = dumpflt_store(ext, "meanwhile", 9);
	dumpflt_reason(ext, "no wish to go on at %llu", io->offset);
	dumpflt_reason(ext, "the second reason");
	return result;
}

static int late_read(const struct dumpflt_extension *ext,
		     const struct dumpflt_io *io)
{
	dumpflt_reason(ext, "no wish to give %llu back", io->offset);
	dumpflt_reason(ext, "the second reason");
	return result;
}

static int late_finish(const struct dumpflt_extension *ext)
{
	static const char text[] = "done, and so many bytes that they do not all fit: 0123456789";

	at_finish = dumpflt_store(ext, text, min_t(u32, bytes, sizeof(text) - 1));
	dumpflt_reason(ext, "no wish to end");
	return sysfs_streq(fails, "finish") ? -EDOM : 0;
}

static const struct dumpflt_ops late_ops = {
	.start	= late_start,
	.write	= late_write,
	.read	= late_read,
	.finish	= late_finish,
};

static int late_init(const struct dumpflt_extension *ext,
		     struct dumpflt_init_data *init_data)
{
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->flags_out = DUMPFLT_F_READ;
	init_data->ops = &late_ops;
	return 0;
}

static const struct dumpflt_filter late_filter = {
	.name	= "late",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= late_init,
};
module_dumpflt_filter(late_filter);

MODULE_ALIAS_DUMPFLT("late");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that stores and gives reasons");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
