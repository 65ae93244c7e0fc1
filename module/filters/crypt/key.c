// SPDX-License-Identifier: GPL-2.0-only
/*
 * The crypt filter's key: from the kernel keyring into the cipher. Our copy of it is
 * wiped whatever happens.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <crypto/algapi.h>
#include <linux/string.h>

#include "crypt.h"

static int set_key(const struct dumpflt_init_data *init_data,
		   const char *description, const u8 *key,
		   struct dumpflt_xts *xts)
{
	int err;

	/* Equal halves cancel out: what is left is weaker than AES */
	if (!crypto_memneq(key, key + AES_KEYSIZE_256, AES_KEYSIZE_256)) {
		dumpflt_explain(init_data,
				"key '%s': its two halves are equal, make one with: head -c %u /dev/urandom",
				description, DUMPFLT_CRYPT_KEY_SIZE);
		return -EINVAL;
	}

	err = dumpflt_xts_set_key(xts, key);
	if (err)
		dumpflt_explain(init_data, "the cipher refused key '%s'",
				description);
	return err;
}

/**
 * dumpflt_crypt_load_key() - find the key and give it to the cipher
 * @init_data: for the words, if it fails
 * @description: of a key of type logon or user
 * @xts: gets the key; no call uses it meanwhile
 *
 * Context: process context of whoever makes the stack live, sleeps.
 * Return: 0 or a negative errno, explained.
 */
int dumpflt_crypt_load_key(const struct dumpflt_init_data *init_data,
			   const char *description, struct dumpflt_xts *xts)
{
	u8 key[DUMPFLT_CRYPT_KEY_SIZE];
	int err;

	err = dumpflt_key(init_data, description, key, sizeof(key));
	if (!err)
		err = set_key(init_data, description, key, xts);
	memzero_explicit(key, sizeof(key));
	return err;
}
