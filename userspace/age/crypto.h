/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The primitives of age files, from libcrypto.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AGE_CRYPTO_H
#define DUMPFLT_AGE_CRYPTO_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "../../module/filters/age/age_format.h"

int age_x25519(const unsigned char secret[DUMPFLT_AGE_KEY],
	       const unsigned char *public, unsigned char out[DUMPFLT_AGE_KEY]);
int age_hkdf(const unsigned char *ikm, size_t ikm_len,
	     const unsigned char *salt, size_t salt_len, const char *info,
	     unsigned char key[DUMPFLT_AGE_KEY]);
int age_stanza_key(const unsigned char secret[DUMPFLT_AGE_KEY],
		   const unsigned char peer[DUMPFLT_AGE_KEY],
		   const unsigned char share[DUMPFLT_AGE_KEY],
		   const unsigned char recipient[DUMPFLT_AGE_KEY],
		   unsigned char key[DUMPFLT_AGE_KEY]);
int age_hmac(const unsigned char key[DUMPFLT_AGE_KEY], const void *data,
	     size_t len, unsigned char mac[DUMPFLT_AGE_KEY]);
bool age_same(const void *a, const void *b, size_t len);
int age_random(unsigned char *out, size_t len);
bool age_seal(const unsigned char key[DUMPFLT_AGE_KEY], const unsigned char nonce[12],
	      const unsigned char *plain, size_t len, unsigned char *sealed,
	      unsigned char tag[DUMPFLT_AGE_TAG]);
bool age_unseal(const unsigned char key[DUMPFLT_AGE_KEY],
		const unsigned char nonce[12], const unsigned char *sealed,
		size_t len, const unsigned char *tag, unsigned char *out);
bool age_unseal_chunk(const unsigned char key[DUMPFLT_AGE_KEY], __u64 number,
		      bool last, const unsigned char *sealed, size_t len,
		      const unsigned char *tag, unsigned char *out);

#endif
