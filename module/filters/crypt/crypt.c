// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crypt filter: AES-256-XTS with a key from the kernel keyring.
 *
 * On disk: data units of 4096 bytes; the tweak of a unit is its number, counted
 * from the start of the target, as a 64-bit little-endian value. That is what
 * dm-crypt calls aes-xts-plain64 with sector_size:4096 and iv_large_sectors, so
 * the dump can be read with dm-crypt and the same key, on a machine without this
 * module.
 *
 * XTS keeps a secret; it does not authenticate. Somebody who can write to the
 * target can destroy or replay units unnoticed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/blkdev.h>
#include <linux/bvec.h>
#include <linux/dumpflt.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "crypt.h"
#include "module/version.h"

/* A place in the data: @used bytes of @seg are behind us */
struct cursor {
	const struct bio_vec	*seg;
	u32			used;
};

static u8 *bytes_of(const struct cursor *cursor)
{
	return page_address(cursor->seg->bv_page) + cursor->seg->bv_offset;
}

/* Return: the next unit, or NULL if it is in pieces or oddly aligned */
static u8 *unit_at(const struct cursor *cursor)
{
	u8 *unit = bytes_of(cursor) + cursor->used;

	if (cursor->seg->bv_len - cursor->used < DUMPFLT_CRYPT_UNIT)
		return NULL;
	/* See xts.c: less alignment could make the crypto API allocate */
	if (!IS_ALIGNED((unsigned long)unit, SECTOR_SIZE))
		return NULL;
	return unit;
}

/* Goes on by a unit, and writes @from to what it passes unless it is NULL */
static void pass_unit(struct cursor *cursor, const u8 *from)
{
	u32 left = DUMPFLT_CRYPT_UNIT;

	while (left) {
		u32 len = min(left, cursor->seg->bv_len - cursor->used);

		if (from) {
			memcpy(bytes_of(cursor) + cursor->used, from, len);
			from += len;
		}
		left -= len;
		cursor->used += len;
		if (cursor->used == cursor->seg->bv_len) {
			cursor->seg++;
			cursor->used = 0;
		}
	}
}

static int crypt_write(const struct dumpflt_extension *ext,
		       const struct dumpflt_io *io)
{
	struct cursor cursor = { .seg = io->segs };
	bool in_place = dumpflt_in_place(io);
	u8 *buffer, *from, *to;
	u32 done;
	int err;

	buffer = in_place ? dumpflt_segment(io, 0) : dumpflt_bounce(io);

	for (done = 0; done < io->len; done += DUMPFLT_CRYPT_UNIT) {
		to = buffer + done;
		from = unit_at(&cursor);
		if (!from) {
			dumpflt_io_copy(io, to, done, DUMPFLT_CRYPT_UNIT);
			from = to;
		}
		err = dumpflt_xts_crypt(ext->data, io->lane,
					DUMPFLT_XTS_ENCRYPT,
					(io->offset + done) / DUMPFLT_CRYPT_UNIT,
					from, to, DUMPFLT_CRYPT_UNIT);
		if (err)
			return err;
		pass_unit(&cursor, NULL);
	}

	if (!in_place)
		dumpflt_set_buffer(io, buffer);
	return 0;
}

static int crypt_read(const struct dumpflt_extension *ext,
		      const struct dumpflt_io *io)
{
	u8 *scratch = dumpflt_xts_scratch(ext->data, io->lane);
	struct cursor cursor = { .seg = io->segs };
	u32 done;
	u8 *unit;
	int err;

	for (done = 0; done < io->len; done += DUMPFLT_CRYPT_UNIT) {
		unit = unit_at(&cursor);
		if (!unit)
			dumpflt_io_copy(io, scratch, done, DUMPFLT_CRYPT_UNIT);
		err = dumpflt_xts_crypt(ext->data, io->lane,
					DUMPFLT_XTS_DECRYPT,
					(io->offset + done) / DUMPFLT_CRYPT_UNIT,
					unit ?: scratch, unit ?: scratch,
					DUMPFLT_CRYPT_UNIT);
		if (err)
			return err;
		pass_unit(&cursor, unit ? NULL : scratch);
	}
	return 0;
}

static int crypt_unload(const struct dumpflt_extension *ext)
{
	dumpflt_xts_destroy(ext->data);
	return 0;
}

static const struct dumpflt_ops crypt_ops = {
	.write	= crypt_write,
	.read	= crypt_read,
	.unload	= crypt_unload,
};

static const char *key_description(const struct dumpflt_init_data *init_data)
{
	const char *description = dumpflt_option(init_data, "key", 0);

	if (!description || !*description) {
		dumpflt_explain(init_data,
				"no key: set the option key=<description of a key in the keyrings>");
		return NULL;
	}
	if (dumpflt_option(init_data, "key", 1)) {
		dumpflt_explain(init_data, "the option key is given twice");
		return NULL;
	}
	return description;
}

static void explain_cipher(const struct dumpflt_init_data *init_data, int err)
{
	if (err == -EBADMSG)
		dumpflt_explain(init_data,
				"self-test failed: this kernel's xts(aes) does not compute the answer of IEEE 1619");
	else if (err == -ENOENT)
		dumpflt_explain(init_data,
				"this kernel has no usable xts(aes); load the modules xts and aesni_intel");
	else
		dumpflt_explain(init_data, "no cipher could be set up");
}

static int crypt_init(const struct dumpflt_extension *ext,
		      struct dumpflt_init_data *init_data)
{
	struct dumpflt_xts *xts;
	const char *description;
	int err;

	init_data->flags_out = DUMPFLT_F_CRITICAL | DUMPFLT_F_READ |
			       DUMPFLT_F_BOUNCE | DUMPFLT_F_CONCURRENT;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->block_size = max_t(u32, init_data->block_size,
				      DUMPFLT_CRYPT_UNIT);

	description = key_description(init_data);
	if (!description)
		return -EINVAL;

	xts = dumpflt_xts_choose(ext->nr_lanes);
	if (IS_ERR(xts)) {
		explain_cipher(init_data, PTR_ERR(xts));
		return PTR_ERR(xts);
	}

	err = dumpflt_crypt_load_key(init_data, description, xts);
	if (err) {
		dumpflt_xts_destroy(xts);
		return err;
	}

	init_data->ops = &crypt_ops;
	init_data->data = xts;
	return 0;
}

static const struct dumpflt_filter crypt_filter = {
	.name	= "crypt",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= crypt_init,
};

static int __init crypt_module_init(void)
{
	dumpflt_xts_load();
	return dumpflt_register_filter(&crypt_filter);
}

static void __exit crypt_module_exit(void)
{
	dumpflt_unregister_filter(&crypt_filter);
}

module_init(crypt_module_init);
module_exit(crypt_module_exit);

MODULE_ALIAS_DUMPFLT("crypt");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Dump filter that encrypts with AES-256-XTS");
MODULE_LICENSE("GPL");
MODULE_VERSION(DUMPFLT_VERSION);
/* Whoever builds an initramfs takes these along; see xts.c why AES-NI matters */
MODULE_SOFTDEP("pre: xts aesni_intel");
DUMPFLT_IMPORT_NS;
