// SPDX-License-Identifier: GPL-2.0-only
/*
 * The age filter: seals a dump to public keys (c2sp.org/age).
 *
 * The key of a dump is made here at its start, wrapped for each recipient, and
 * leaves this kernel's memory in no other form. What is on the disk is an age
 * file in pieces (uapi/linux/dumpflt.h), which any program that knows age can
 * open with the secret key of one recipient, on another machine.
 *
 * An instance that is given the key of a dump opens it in a session that reads, as a
 * resume does, and seals nothing.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/random.h>

#include "age.h"
#include "module/version.h"

/* Everything that is secret, whatever came before */
static void wipe(struct dumpflt_age *age)
{
	WRITE_ONCE(age->sealing, false);
	memzero_explicit(age->payload_key, sizeof(age->payload_key));
	memzero_explicit(age->receipt_key, sizeof(age->receipt_key));
	memzero_explicit(&age->secrets, sizeof(age->secrets));
}

static int start_sealing(const struct dumpflt_extension *ext)
{
	struct dumpflt_age *age = ext->data;
	int ret;

	if (age->has_file_key) {
		dumpflt_reason(ext, "with a file_key a dump is read, and none is sealed");
		return -EPERM;
	}
	get_random_bytes(&age->secrets, sizeof(age->secrets));
	ret = dumpflt_age_header(age);
	return ret ?: dumpflt_store(ext, age->header, age->header_len);
}

/*
 * The rest of the header proves nothing that the MAC of the receipt does not: it stands
 * for the digest of all metadata, and its key comes from the file key.
 */
static int start_opening(const struct dumpflt_extension *ext)
{
	struct dumpflt_age *age = ext->data;
	const u8 *header;
	u32 len;

	header = dumpflt_stored(ext, &len);
	if (!header || len < DUMPFLT_AGE_NONCE)
		return -EBADMSG;
	memcpy(age->secrets.file_key, age->file_key, sizeof(age->file_key));
	memcpy(age->secrets.nonce, header + len - DUMPFLT_AGE_NONCE,
	       DUMPFLT_AGE_NONCE);
	return dumpflt_age_keys(age);
}

static int age_start(const struct dumpflt_extension *ext)
{
	struct dumpflt_age *age = ext->data;
	int ret;

	if (ext->flags & DUMPFLT_EXT_F_READ_SESSION)
		ret = start_opening(ext);
	else
		ret = start_sealing(ext);
	if (!ret)
		ret = dumpflt_set_mac_key(ext, age->receipt_key);
	if (ret) {
		wipe(age);
		return ret;
	}
	memzero_explicit(age->receipt_key, sizeof(age->receipt_key));
	memzero_explicit(&age->secrets, sizeof(age->secrets));
	WRITE_ONCE(age->sealing, true);
	return 0;
}

static int age_write(const struct dumpflt_extension *ext,
		     const struct dumpflt_io *io)
{
	struct dumpflt_age *age = ext->data;
	bool in_place = dumpflt_in_place(io);
	void *chunk;

	/* nothing leaves unsealed, and nothing is sealed with zeros for a key */
	if (!READ_ONCE(age->sealing) || io->len != DUMPFLT_CHUNK_SIZE)
		return -ENOKEY;
	chunk = in_place ? dumpflt_segment(io, 0) : dumpflt_bounce(io);
	dumpflt_age_seal(age, io, chunk);
	if (!in_place)
		dumpflt_set_buffer(io, chunk);
	return 0;
}

static int age_read(const struct dumpflt_extension *ext,
		    const struct dumpflt_io *io)
{
	struct dumpflt_age *age = ext->data;

	if (!READ_ONCE(age->sealing) || io->len != DUMPFLT_CHUNK_SIZE)
		return -ENOKEY;
	return dumpflt_age_open(age, io);
}

static int age_finish(const struct dumpflt_extension *ext)
{
	wipe(ext->data);
	return 0;
}

static int age_unload(const struct dumpflt_extension *ext)
{
	dumpflt_age_destroy(ext->data);
	return 0;
}

static const struct dumpflt_ops age_ops = {
	.start	= age_start,
	.write	= age_write,
	.read	= age_read,
	.finish	= age_finish,
	.unload	= age_unload,
};

static int prepare(struct dumpflt_age *age, const struct dumpflt_extension *ext,
		   const struct dumpflt_init_data *init_data)
{
	int ret;

	ret = dumpflt_age_options(age, init_data, ext->type);
	if (ret)
		return ret;
	if (!(ext->flags & DUMPFLT_EXT_F_AREA)) {
		dumpflt_explain(init_data,
				"it needs a dump area to keep keys and tags in: see 'dumpflt format'");
		return -EOPNOTSUPP;
	}
	ret = dumpflt_age_wait_for_rng();
	if (ret)
		dumpflt_explain(init_data,
				"the kernel's random number generator is not seeded after %u s: no key can be made; give the machine a source of entropy (virtio-rng, a boot loader's seed, random.trust_cpu=on)",
				DUMPFLT_AGE_RNG_SECONDS);
	return ret;
}

static int age_init(const struct dumpflt_extension *ext,
		    struct dumpflt_init_data *init_data)
{
	struct dumpflt_age *age;
	int ret;

	init_data->flags_out = DUMPFLT_F_CRITICAL | DUMPFLT_F_BOUNCE |
			       DUMPFLT_F_CONCURRENT | DUMPFLT_F_ROOM;
	init_data->major = DUMPFLT_MAJOR_VERSION;
	init_data->minor = DUMPFLT_MINOR_VERSION;
	init_data->chunk_meta = DUMPFLT_AGE_TAG;

	age = dumpflt_age_create(ext->nr_lanes);
	if (IS_ERR(age)) {
		dumpflt_explain(init_data, "no hmac(sha256) could be set up");
		return PTR_ERR(age);
	}
	ret = prepare(age, ext, init_data);
	if (ret) {
		dumpflt_age_destroy(age);
		return ret;
	}
	if (age->has_file_key)
		init_data->flags_out |= DUMPFLT_F_READ;
	init_data->ops = &age_ops;
	init_data->data = age;
	return 0;
}

static const struct dumpflt_filter age_filter = {
	.name	= "age",
	.owner	= THIS_MODULE,
	DUMPFLT_FILTER_SIZES,
	.init	= age_init,
};

static bool corrupt_selftest;
module_param(corrupt_selftest, bool, 0);
MODULE_PARM_DESC(corrupt_selftest,
		 "let the self-test fail, to see what comes of it");

static int __init age_module_init(void)
{
	int ret = dumpflt_age_selftest(corrupt_selftest);

	if (ret) {
		pr_err("self-test failed (%d): this kernel does not compute what age needs; the filter is not registered\n",
		       ret);
		return ret;
	}
	return dumpflt_register_filter(&age_filter);
}

static void __exit age_module_exit(void)
{
	dumpflt_unregister_filter(&age_filter);
}

module_init(age_module_init);
module_exit(age_module_exit);

MODULE_ALIAS_DUMPFLT("age");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("Dump filter that seals to age public keys");
MODULE_LICENSE("GPL");
MODULE_VERSION(DUMPFLT_VERSION);
/* Faster ones, and whoever builds an initramfs takes them along */
MODULE_SOFTDEP("pre: chacha-x86_64 poly1305-x86_64 curve25519-x86_64");
DUMPFLT_IMPORT_NS;
