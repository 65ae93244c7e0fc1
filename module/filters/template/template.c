// SPDX-License-Identifier: GPL-2.0-only
/*
 * A dump filter to start from: XORs every byte with a constant.
 *
 * Copy this folder, rename, and replace xor_bytes(). It hides nothing from
 * anybody; it shows what the contract in <linux/dumpflt.h> asks of a filter
 * that changes data. A filter that only looks at data needs no bounce buffer,
 * and one without reads leaves out the read callback and DUMPFLT_F_READ.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bvec.h>
#include <linux/dumpflt.h>
#include <linux/slab.h>

#define DEFAULT_KEY	0x5a

/*
 * One per instance, never a static variable: the same filter may be in a
 * crash stack and in a hibernation stack at once. It is not changed after
 * init(), which is what makes this filter CONCURRENT without a lock.
 */
struct template {
	u8 key;
};

static void xor_bytes(u8 *data, size_t len, u8 key)
{
	while (len--)
		*data++ ^= key;
}

/*
 * Before the data reaches the target. No sleeping, no allocation, no lock that
 * others hold for long: everything needed is ready since init(). Returning an
 * error ends the dump, and nothing of this write is written.
 */
static int template_write(const struct dumpflt_extension *ext,
			  const struct dumpflt_io *io)
{
	struct template *template = ext->data;
	u8 *data;

	if (dumpflt_in_place(io)) {
		/* A filter before us moved the data: one segment, ours to change */
		data = dumpflt_segment(io, 0);
	} else {
		/* The source belongs to the writer, so the result goes elsewhere */
		data = dumpflt_bounce(io);
		dumpflt_io_copy(io, data, 0, io->len);
		dumpflt_set_buffer(io, data);
	}

	xor_bytes(data, io->len, template->key);
	return 0;
}

/*
 * After the target's read. The exact inverse of write(), in place: contents may
 * change, the list of segments may not. A segment may span several pages, which
 * are contiguous and mapped.
 */
static int template_read(const struct dumpflt_extension *ext,
			 const struct dumpflt_io *io)
{
	struct template *template = ext->data;
	u32 i;

	for (i = 0; i < io->nr_segs; i++)
		xor_bytes(dumpflt_segment(io, i), io->segs[i].bv_len,
			  template->key);
	return 0;
}

/* May sleep again. Undoes init(); the error it returns is only logged */
static int template_unload(const struct dumpflt_extension *ext)
{
	kfree(ext->data);
	return 0;
}

/* start() and finish() are absent: this filter has nothing to do in them */
static const struct dumpflt_ops template_ops = {
	.write	= template_write,
	.read	= template_read,
	.unload	= template_unload,
};

/*
 * May sleep and allocate, and must get everything that the dump will need.
 * When it fails, it undoes what it did: no other callback will be called.
 */
static int template_init(const struct dumpflt_extension *ext,
			 struct dumpflt_init_data *init_data)
{
	struct template *template;
	u64 key = DEFAULT_KEY;
	int err;

	/* First of all: the core reads CRITICAL even if we fail further down */
	init_data->flags_out = DUMPFLT_F_CRITICAL | DUMPFLT_F_READ |
			       DUMPFLT_F_BOUNCE | DUMPFLT_F_CONCURRENT;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;

	/* Absent: the default stays. Nonsense: the words are already given */
	err = dumpflt_option_u64(init_data, "key", 0, U8_MAX, &key);
	if (err)
		return err;

	template = kmalloc(sizeof(*template), GFP_KERNEL);
	if (!template)
		return -ENOMEM;
	template->key = key;

	init_data->ops = &template_ops;
	init_data->data = template;	/* comes back as ext->data */
	return 0;
}

static const struct dumpflt_filter template_filter = {
	.name	= "template",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= template_init,
};
module_dumpflt_filter(template_filter);

/* How the core finds the module: it asks for "dumpflt-<name>" */
MODULE_ALIAS_DUMPFLT("template");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Dump filter to start from: XOR with a constant");
MODULE_LICENSE("GPL");
/* Of this filter: packages of modules compare it before they replace one */
MODULE_VERSION("1.0");
DUMPFLT_IMPORT_NS;
