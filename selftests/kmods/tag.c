// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test filter: changes the dump by a byte that it stores at start, keeps a tag beside each
 * chunk, and undoes and checks both in read. It gives a key for the receipt's MAC.
 *
 * What a filter does that seals and can be read through the core; its tag is no secret.
 * With n=N the byte is N; with key=N another key; with scribble=1 read() writes to the tag.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/crc32.h>
#include <linux/dumpflt.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bytes.h"

struct tag {
	u8 n;
	u8 used;
	u8 key[DUMPFLT_MAC_KEY_SIZE];
	bool scribble;
};

/* Over the data as it leaves, its place, and whether it is the last */
static __le32 tag_of(const struct dumpflt_io *io)
{
	u32 crc = crc32_le(io->flags, (const u8 *)&io->offset, sizeof(io->offset)), i;

	for (i = 0; i < io->nr_segs; i++)
		crc = crc32_le(crc, dumpflt_segment(io, i), io->segs[i].bv_len);
	return cpu_to_le32(crc);
}

static int tag_start(const struct dumpflt_extension *ext)
{
	struct tag *tag = ext->data;
	const u8 *stored;
	u32 len;
	int ret;

	ret = dumpflt_set_mac_key(ext, tag->key);
	if (ret)
		return ret;
	if (!(ext->flags & DUMPFLT_EXT_F_READ_SESSION)) {
		tag->used = tag->n;
		return dumpflt_store(ext, &tag->used, sizeof(tag->used));
	}
	stored = dumpflt_stored(ext, &len);
	if (!stored || len != sizeof(tag->used))
		return -EBADMSG;
	tag->used = *stored;
	/* there is nothing to be stored */
	return dumpflt_store(ext, &tag->n, sizeof(tag->n)) == -EINVAL ? 0 : -EPROTO;
}

static u8 add_byte(u8 byte, u64 offset, u8 n)
{
	return byte + n;
}

static u8 subtract_byte(u8 byte, u64 offset, u8 n)
{
	return byte - n;
}

static int tag_write(const struct dumpflt_extension *ext,
		     const struct dumpflt_io *io)
{
	struct tag *tag = ext->data;
	__le32 value;

	change_write(io, add_byte, tag->used);
	value = tag_of(io);
	memcpy(io->meta, &value, sizeof(value));
	return 0;
}

static int tag_read(const struct dumpflt_extension *ext,
		    const struct dumpflt_io *io)
{
	struct tag *tag = ext->data;
	__le32 value = tag_of(io);

	if (memcmp(io->meta, &value, sizeof(value)))
		return -EBADMSG;
	change_read(io, subtract_byte, tag->used);
	if (tag->scribble)
		memset(io->meta, 0, sizeof(value));
	return 0;
}

static int tag_unload(const struct dumpflt_extension *ext)
{
	kfree(ext->data);
	return 0;
}

static const struct dumpflt_ops tag_ops = {
	.start	= tag_start,
	.write	= tag_write,
	.read	= tag_read,
	.unload	= tag_unload,
};

static int tag_init(const struct dumpflt_extension *ext,
		    struct dumpflt_init_data *init_data)
{
	u64 n = 1, key = 1, scribble = 0;
	struct tag *tag;

	if (dumpflt_option_u64(init_data, "n", 0, 255, &n) ||
	    dumpflt_option_u64(init_data, "key", 0, 255, &key) ||
	    dumpflt_option_u64(init_data, "scribble", 0, 1, &scribble))
		return -EINVAL;
	tag = kzalloc(sizeof(*tag), GFP_KERNEL);
	if (!tag)
		return -ENOMEM;
	tag->n = n;
	tag->key[0] = key;
	tag->scribble = scribble;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->flags_out = DUMPFLT_F_CRITICAL | DUMPFLT_F_BOUNCE | DUMPFLT_F_READ;
	init_data->chunk_meta = sizeof(__le32);
	init_data->ops = &tag_ops;
	init_data->data = tag;
	return 0;
}

static const struct dumpflt_filter tag_filter = {
	.name	= "tag",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= tag_init,
};
module_dumpflt_filter(tag_filter);

MODULE_ALIAS_DUMPFLT("tag");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Test filter that is read back from a dump area");
MODULE_LICENSE("GPL");
DUMPFLT_IMPORT_NS;
