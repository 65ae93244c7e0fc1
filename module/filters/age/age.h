/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the age filter share.
 *
 *	options.c	recipients, and the origin of an image, read and checked
 *	rng.c		is there randomness yet?
 *	kdf.c		HMAC-SHA-256 and HKDF
 *	header.c	the age header: the file key, wrapped for each recipient
 *	seal.c		one chunk, sealed or opened
 *	selftest.c	known answers, at load
 *	age.c		the callbacks
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_AGE_H
#define _DUMPFLT_AGE_H

#include <crypto/hash.h>
#include <linux/dumpflt.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#include "age_format.h"

/**
 * struct dumpflt_age_secrets - all that is random about one file
 * @file_key: the secret that is wrapped for each recipient
 * @ephemeral: X25519 secrets, one for each recipient
 * @nonce: of the payload; public
 *
 * Whoever fills it wipes it.
 */
struct dumpflt_age_secrets {
	u8	file_key[DUMPFLT_AGE_FILE_KEY];
	u8	ephemeral[DUMPFLT_AGE_RECIPIENTS_MAX][DUMPFLT_AGE_KEY];
	u8	nonce[DUMPFLT_AGE_NONCE];
};

/* Of a chunk that is read: pages, and one more if it does not begin with one */
#define DUMPFLT_AGE_PIECES	(DUMPFLT_CHUNK_SIZE / 4096 + 1)

/**
 * struct dumpflt_age_lane - what one lane needs while it opens
 * @sg: the chunk, in as many pieces as it comes in, and @tag behind it
 * @tag: of the chunk
 */
struct dumpflt_age_lane {
	struct scatterlist	sg[DUMPFLT_AGE_PIECES + 1];
	u8			tag[DUMPFLT_AGE_TAG];
} ____cacheline_aligned;

/**
 * struct dumpflt_age - an instance
 * @hmac: hmac(sha256); has a key only within a function of kdf.c
 * @nr_recipients: how many
 * @recipients: their public keys
 * @has_origin: it seals images of this machine, not crash dumps
 * @origin: the machine's key, for the MAC of their receipts; from init to unload
 * @has_file_key: it opens one dump, and seals none
 * @file_key: of that dump; from init to unload
 * @sealing: @payload_key is there: between start and finish
 * @payload_key: seals, or opens, the chunks of the present session
 * @receipt_key: for the MAC of its receipt; only within start
 * @secrets: likewise
 * @header: the header of the present session, and the nonce
 * @header_len: bytes of @header
 * @lanes: one for each lane
 */
struct dumpflt_age {
	struct crypto_shash		*hmac;
	unsigned int			nr_recipients;
	u8				recipients[DUMPFLT_AGE_RECIPIENTS_MAX][DUMPFLT_AGE_KEY];
	bool				has_origin;
	u8				origin[DUMPFLT_AGE_ORIGIN];
	bool				has_file_key;
	u8				file_key[DUMPFLT_AGE_FILE_KEY];
	bool				sealing;
	u8				payload_key[DUMPFLT_AGE_KEY];
	u8				receipt_key[DUMPFLT_AGE_KEY];
	struct dumpflt_age_secrets	secrets;
	u8				header[DUMPFLT_FMETA_MAX];
	u32				header_len;
	struct dumpflt_age_lane		lanes[];
};

/* instance.c */
struct dumpflt_age *dumpflt_age_create(unsigned int nr_lanes);
void dumpflt_age_destroy(struct dumpflt_age *age);

/* options.c */
int dumpflt_age_options(struct dumpflt_age *age,
			const struct dumpflt_init_data *init_data,
			enum dumpflt_type type);

/* rng.c */
int dumpflt_age_wait_for_rng(void);

/* kdf.c */
int dumpflt_age_hmac(struct crypto_shash *hmac, const u8 *key, u32 key_len,
		     const void *data, u32 len, u8 mac[DUMPFLT_AGE_KEY]);
int dumpflt_age_hkdf(struct crypto_shash *hmac, const u8 *ikm, u32 ikm_len,
		     const u8 *salt, u32 salt_len, const char *info,
		     u8 key[DUMPFLT_AGE_KEY]);

/* header.c */
int dumpflt_age_keys(struct dumpflt_age *age);
int dumpflt_age_header(struct dumpflt_age *age);

/* seal.c */
void dumpflt_age_seal(const struct dumpflt_age *age, const struct dumpflt_io *io,
		      u8 *to);
int dumpflt_age_open(struct dumpflt_age *age, const struct dumpflt_io *io);

/* selftest.c */
int dumpflt_age_selftest(bool corrupt);

#endif /* _DUMPFLT_AGE_H */
