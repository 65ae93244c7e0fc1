// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header of an age file (c2sp.org/age, "Header" and "X25519 recipient
 * stanza"):
 *
 *	age-encryption.org/v1
 *	-> X25519 <ephemeral share>
 *	<wrapped file key>			one such pair for each recipient
 *	--- <MAC of all this>
 *
 * and the payload's nonce behind it. Binary data is base64 without padding.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <crypto/chacha20poly1305.h>
#include <crypto/curve25519.h>
#include <linux/string.h>

#include "age.h"

/* A stanza in text: "-> X25519 ", 43 characters, newline, 43 characters, newline */
#define STANZA_TEXT	(sizeof(DUMPFLT_AGE_STANZA) - 1 + 2 * (43 + 1))
#define HEADER_TEXT	(sizeof(DUMPFLT_AGE_INTRO) - 1 + \
			 DUMPFLT_AGE_RECIPIENTS_MAX * STANZA_TEXT + \
			 sizeof(DUMPFLT_AGE_FOOTER) - 1 + 1 + 43 + 1)

static_assert(HEADER_TEXT + DUMPFLT_AGE_NONCE <= DUMPFLT_FMETA_MAX);

static void add(struct dumpflt_age *age, const void *data, u32 len)
{
	memcpy(age->header + age->header_len, data, len);
	age->header_len += len;
}

static void add_text(struct dumpflt_age *age, const char *text)
{
	add(age, text, strlen(text));
}

/* 32 bytes: ten groups of three, and two, which are 43 characters */
static void add_base64(struct dumpflt_age *age, const u8 data[32])
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned int bit, i;
	char text[43];

	for (i = 0; i < sizeof(text); i++) {
		u32 two;

		bit = 6 * i;
		two = data[bit / 8] << 8;
		if (bit / 8 + 1 < 32)
			two |= data[bit / 8 + 1];
		text[i] = alphabet[two >> (10 - bit % 8) & 63];
	}
	add(age, text, sizeof(text));
	add_text(age, "\n");
}

/* What only this recipient can undo */
static int add_recipient(struct dumpflt_age *age, unsigned int nr)
{
	const u8 *recipient = age->recipients[nr];
	u8 *secret = age->secrets.ephemeral[nr];
	u8 salt[2 * DUMPFLT_AGE_KEY], shared[DUMPFLT_AGE_KEY];
	u8 wrap_key[DUMPFLT_AGE_KEY];
	u8 body[DUMPFLT_AGE_FILE_KEY + DUMPFLT_AGE_TAG];
	int ret = -EKEYREJECTED;

	curve25519_clamp_secret(secret);
	if (!curve25519_generate_public(salt, secret) ||
	    !curve25519(shared, secret, recipient))
		goto out_wipe;
	memcpy(salt + DUMPFLT_AGE_KEY, recipient, DUMPFLT_AGE_KEY);
	ret = dumpflt_age_hkdf(age->hmac, shared, sizeof(shared), salt,
			       sizeof(salt), DUMPFLT_AGE_INFO_X25519, wrap_key);
	if (ret)
		goto out_wipe;
	/* the key is for this one use, so that the nonce may be zero */
	chacha20poly1305_encrypt(body, age->secrets.file_key,
				 DUMPFLT_AGE_FILE_KEY, NULL, 0, 0, wrap_key);
	add_text(age, DUMPFLT_AGE_STANZA);
	add_base64(age, salt);
	add_base64(age, body);
out_wipe:
	memzero_explicit(shared, sizeof(shared));
	memzero_explicit(wrap_key, sizeof(wrap_key));
	return ret;
}

static int add_mac(struct dumpflt_age *age)
{
	u8 key[DUMPFLT_AGE_KEY], mac[DUMPFLT_AGE_KEY];
	int ret;

	ret = dumpflt_age_hkdf(age->hmac, age->secrets.file_key,
			       DUMPFLT_AGE_FILE_KEY, NULL, 0,
			       DUMPFLT_AGE_INFO_HEADER, key);
	add_text(age, DUMPFLT_AGE_FOOTER);
	if (!ret)
		ret = dumpflt_age_hmac(age->hmac, key, sizeof(key), age->header,
				       age->header_len, mac);
	if (!ret) {
		add_text(age, " ");
		add_base64(age, mac);
	}
	memzero_explicit(key, sizeof(key));
	return ret;
}

/*
 * What only a session of this kernel has, and of an image also what only this machine
 * has: without that, whoever knows a recipient could make a receipt that is right.
 */
static int derive_receipt_key(struct dumpflt_age *age)
{
	u8 ikm[DUMPFLT_AGE_FILE_KEY + DUMPFLT_AGE_ORIGIN];
	u32 len = DUMPFLT_AGE_FILE_KEY;
	int ret;

	memcpy(ikm, age->secrets.file_key, DUMPFLT_AGE_FILE_KEY);
	if (age->has_origin) {
		memcpy(ikm + len, age->origin, DUMPFLT_AGE_ORIGIN);
		len += DUMPFLT_AGE_ORIGIN;
	}
	ret = dumpflt_age_hkdf(age->hmac, ikm, len, NULL, 0,
			       age->has_origin ? DUMPFLT_AGE_INFO_HIBERNATION :
						 DUMPFLT_AGE_INFO_RECEIPT,
			       age->receipt_key);
	memzero_explicit(ikm, sizeof(ikm));
	return ret;
}

/**
 * dumpflt_age_keys - derive the keys of chunks and receipt
 * @age: the instance; file key and nonce are in its secrets
 *
 * Context: process context; does not sleep or allocate.
 * Return: 0 or a negative errno; the keys are undefined then.
 */
int dumpflt_age_keys(struct dumpflt_age *age)
{
	const struct dumpflt_age_secrets *secrets = &age->secrets;
	int ret;

	ret = dumpflt_age_hkdf(age->hmac, secrets->file_key,
			       sizeof(secrets->file_key),
			       secrets->nonce, sizeof(secrets->nonce),
			       DUMPFLT_AGE_INFO_PAYLOAD, age->payload_key);
	return ret ?: derive_receipt_key(age);
}

/**
 * dumpflt_age_header - make the header of a file, and the keys that go with it
 * @age: the instance, with recipients, secrets, and the origin of an image
 *
 * Afterwards @age->header, payload_key and receipt_key are there; the secrets
 * are not needed any more. After an error the keys are undefined, too.
 *
 * Context: process context; does not sleep or allocate.
 * Return: 0; -EKEYREJECTED for a recipient of low order; a negative errno.
 */
int dumpflt_age_header(struct dumpflt_age *age)
{
	const struct dumpflt_age_secrets *secrets = &age->secrets;
	unsigned int i;
	int ret = 0;

	age->header_len = 0;
	add_text(age, DUMPFLT_AGE_INTRO);
	for (i = 0; i < age->nr_recipients && !ret; i++)
		ret = add_recipient(age, i);
	if (!ret)
		ret = add_mac(age);
	if (!ret)
		ret = dumpflt_age_keys(age);
	if (!ret)
		add(age, secrets->nonce, sizeof(secrets->nonce));
	return ret;
}
