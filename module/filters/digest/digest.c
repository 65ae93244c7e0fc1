// SPDX-License-Identifier: GPL-2.0-only
/*
 * The digest filter: the SHA-256 of every chunk, kept beside it in the area.
 *
 * Integrity without secrecy: the dump is not changed. As last filter of a
 * stack it digests what is on the disk, so that anybody can tell an intact
 * dump from a damaged one without a key. The digest over all of these digests
 * is in the receipt, where the core puts it for every filter. What is read back
 * is held against it: behind age also what somebody has made who has its key.
 *
 * The transform is shared and read only; what is being digested is on the
 * stack of the caller, so that any number of lanes may work at once.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/hash.h>
#include <linux/dumpflt.h>
#include <linux/string.h>

#include "module/version.h"

static int digest_of(const struct dumpflt_extension *ext,
		     const struct dumpflt_io *io, u8 *digest)
{
	struct crypto_shash *tfm = ext->data;
	SHASH_DESC_ON_STACK(desc, tfm);
	int ret;
	u32 i;

	desc->tfm = tfm;
	ret = crypto_shash_init(desc);
	for (i = 0; i < io->nr_segs && !ret; i++)
		ret = crypto_shash_update(desc, dumpflt_segment(io, i),
					  io->segs[i].bv_len);
	if (!ret)
		ret = crypto_shash_final(desc, digest);
	shash_desc_zero(desc);
	return ret;
}

static int digest_write(const struct dumpflt_extension *ext,
			const struct dumpflt_io *io)
{
	return digest_of(ext, io, io->meta);
}

static int digest_read(const struct dumpflt_extension *ext,
		       const struct dumpflt_io *io)
{
	u8 digest[HASH_MAX_DIGESTSIZE];
	int ret = digest_of(ext, io, digest);

	if (ret)
		return ret;
	return memcmp(digest, io->meta, crypto_shash_digestsize(ext->data)) ?
	       -EBADMSG : 0;
}

static int digest_unload(const struct dumpflt_extension *ext)
{
	crypto_free_shash(ext->data);
	return 0;
}

static const struct dumpflt_ops digest_ops = {
	.write	= digest_write,
	.read	= digest_read,
	.unload	= digest_unload,
};

static int digest_init(const struct dumpflt_extension *ext,
		       struct dumpflt_init_data *init_data)
{
	struct crypto_shash *tfm;

	if (!(ext->flags & DUMPFLT_EXT_F_AREA)) {
		dumpflt_explain(init_data,
				"there is no place for digests without a dump area: make one with 'dumpflt format'");
		return -EOPNOTSUPP;
	}
	/* whichever is fastest here; all of them work at once, in the caller */
	tfm = crypto_alloc_shash("sha256", 0, 0);
	if (IS_ERR(tfm)) {
		dumpflt_explain(init_data, "the kernel has no SHA-256");
		return PTR_ERR(tfm);
	}
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->flags_out = DUMPFLT_F_CONCURRENT | DUMPFLT_F_READ;
	init_data->chunk_meta = crypto_shash_digestsize(tfm);
	init_data->ops = &digest_ops;
	init_data->data = tfm;
	return 0;
}

static const struct dumpflt_filter digest_filter = {
	.name	= "digest",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= digest_init,
};
module_dumpflt_filter(digest_filter);

MODULE_ALIAS_DUMPFLT("digest");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Dump filter that keeps the SHA-256 of every chunk");
MODULE_LICENSE("GPL");
MODULE_VERSION(DUMPFLT_VERSION);
MODULE_SOFTDEP("pre: sha256");
DUMPFLT_IMPORT_NS;
