// SPDX-License-Identifier: GPL-2.0-only
/*
 * HMAC-SHA-256 from the kernel's crypto API, and HKDF (RFC 5869) on top of it,
 * as the kernel has none that a module could call before Linux 6.15.
 *
 * One instance calls these from init() and start() only, so that one transform
 * serves all. No key stays in it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/string.h>

#include "age.h"

/* Longest info, with the octet behind it */
#define INFO_MAX	64

/**
 * dumpflt_age_hmac - HMAC-SHA-256
 * @hmac: hmac(sha256); afterwards without @key
 * @key: may be secret: no copy of it is left
 * @key_len: bytes of @key
 * @data: what the MAC is of
 * @len: bytes of @data
 * @mac: where to put the result
 *
 * Context: process context; does not sleep or allocate.
 * Return: 0 or a negative errno.
 */
int dumpflt_age_hmac(struct crypto_shash *hmac, const u8 *key, u32 key_len,
		     const void *data, u32 len, u8 mac[DUMPFLT_AGE_KEY])
{
	static const u8 none[DUMPFLT_AGE_KEY];
	int ret;

	ret = crypto_shash_setkey(hmac, key, key_len);
	if (!ret)
		ret = crypto_shash_tfm_digest(hmac, data, len, mac);
	/* goes over what the transform made of the key */
	crypto_shash_setkey(hmac, none, sizeof(none));
	return ret;
}

/**
 * dumpflt_age_hkdf - HKDF-SHA-256, for a result of 32 bytes
 * @hmac: hmac(sha256)
 * @ikm: the secret that @key is made of; the caller wipes it
 * @ikm_len: bytes of @ikm
 * @salt: not secret; may be %NULL if @salt_len is 0
 * @salt_len: bytes of @salt, may be 0
 * @info: what the result is for
 * @key: where to put the result; the caller wipes it
 *
 * Context: process context; does not sleep or allocate.
 * Return: 0 or a negative errno.
 */
int dumpflt_age_hkdf(struct crypto_shash *hmac, const u8 *ikm, u32 ikm_len,
		     const u8 *salt, u32 salt_len, const char *info,
		     u8 key[DUMPFLT_AGE_KEY])
{
	/* RFC 5869 2.2: without a salt it is as many zeros as the hash has */
	static const u8 no_salt[DUMPFLT_AGE_KEY];
	u8 prk[DUMPFLT_AGE_KEY], text[INFO_MAX];
	size_t len = strlen(info);
	int ret;

	if (WARN_ON_ONCE(len >= sizeof(text)))
		return -EINVAL;
	ret = dumpflt_age_hmac(hmac, salt_len ? salt : no_salt,
			       salt_len ?: sizeof(no_salt), ikm, ikm_len, prk);
	if (!ret) {
		/* RFC 5869 2.3: T(1), which is as long as a key */
		memcpy(text, info, len);
		text[len] = 1;
		ret = dumpflt_age_hmac(hmac, prk, sizeof(prk), text, len + 1,
				       key);
	}
	memzero_explicit(prk, sizeof(prk));
	return ret;
}
