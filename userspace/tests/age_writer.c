// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Seals dumps as the filter "age" does.
 *
 * It follows c2sp.org/age and the description of a sealed slot, and shares
 * nothing with the module or the tool but sizes, labels and the reading of
 * "age1..."; Debian's age opens what it makes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <err.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "../../module/filters/age/bech32.h"
#include "age_writer.h"

#define KEY	DUMPFLT_AGE_KEY
#define BASE64	43	/* characters of 32 bytes, without padding */

static void get_random(void *to, int len)
{
	if (RAND_bytes(to, len) != 1)
		errx(1, "no random numbers");
}

static void derive(const __u8 *secret, size_t len, const __u8 *salt,
		   size_t salt_len, const char *info, __u8 key[KEY])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
						 (char *)"SHA256", 0),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY,
						  (void *)secret, len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT,
						  (void *)salt, salt_len),
		OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO,
						  (void *)info, strlen(info)),
		OSSL_PARAM_END,
	};

	if (!ctx || EVP_KDF_derive(ctx, key, KEY, params) != 1)
		errx(1, "no HKDF");
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

/* In place; the tag comes apart */
static void seal(const __u8 key[KEY], const __u8 nonce[12], __u8 *data, int len,
		 __u8 tag[DUMPFLT_AGE_TAG])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	if (!ctx ||
	    !EVP_EncryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key, nonce) ||
	    !EVP_EncryptUpdate(ctx, data, &n, data, len) ||
	    !EVP_EncryptFinal_ex(ctx, data + n, &n) ||
	    !EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, DUMPFLT_AGE_TAG,
				 tag))
		errx(1, "no ChaCha20-Poly1305");
	EVP_CIPHER_CTX_free(ctx);
}

static void multiply(const __u8 scalar[KEY], const __u8 point[KEY],
		     __u8 result[KEY])
{
	EVP_PKEY *ours = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL,
						      scalar, KEY);
	EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL,
						       point, KEY);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(ours, NULL);
	size_t len = KEY;

	if (!ctx || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer(ctx, theirs) != 1 ||
	    EVP_PKEY_derive(ctx, result, &len) != 1)
		errx(1, "no X25519");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(ours);
	EVP_PKEY_free(theirs);
}

static void add_text(struct age_writer *age, const char *text)
{
	size_t len = strlen(text);

	if (len >= sizeof(age->stored) - age->len)
		errx(1, "too many recipients");
	memcpy(age->stored + age->len, text, len);
	age->len += len;
}

static void add_base64(struct age_writer *age, const __u8 bytes[KEY])
{
	char text[BASE64 + 2];

	EVP_EncodeBlock((unsigned char *)text, bytes, KEY);
	text[BASE64] = '\0';
	add_text(age, text);
}

/* The file key, for one recipient */
static void add_stanza(struct age_writer *age, const char *recipient)
{
	static const __u8 base[KEY] = { 9 }, nonce[12];
	__u8 salt[2 * KEY], secret[KEY], shared[KEY], key[KEY];
	__u8 body[DUMPFLT_AGE_FILE_KEY + DUMPFLT_AGE_TAG];
	const char *wrong;

	/* the salt is our share, then the recipient */
	wrong = dumpflt_bech32_key(recipient, strlen(recipient),
				   DUMPFLT_BECH32_PUBLIC, salt + KEY);
	if (wrong)
		errx(1, "'%s': %s", recipient, wrong);
	get_random(secret, KEY);
	multiply(secret, base, salt);
	multiply(secret, salt + KEY, shared);
	derive(shared, KEY, salt, sizeof(salt), DUMPFLT_AGE_INFO_X25519, key);
	memcpy(body, age->file_key, DUMPFLT_AGE_FILE_KEY);
	seal(key, nonce, body, DUMPFLT_AGE_FILE_KEY,
	     body + DUMPFLT_AGE_FILE_KEY);
	add_text(age, DUMPFLT_AGE_STANZA);
	add_base64(age, salt);
	add_text(age, "\n");
	add_base64(age, body);
	add_text(age, "\n");
}

static void mac(const struct age_writer *age, const char *info,
		const void *data, size_t len, __u8 result[KEY])
{
	/* to HKDF that is the same as none, which libcrypto does not take */
	static const __u8 no_salt[KEY];
	__u8 key[KEY];

	derive(age->file_key, sizeof(age->file_key), no_salt, KEY, info, key);
	if (!HMAC(EVP_sha256(), key, KEY, data, len, result, NULL))
		errx(1, "no HMAC");
}

/**
 * age_writer_begin() - make a file key, and the header up to the MAC's line
 * @age: filled
 * @recipients: "age1..."
 * @nr: entries of @recipients
 */
void age_writer_begin(struct age_writer *age, const char *const *recipients,
		      unsigned int nr)
{
	unsigned int i;

	memset(age, 0, sizeof(*age));
	get_random(age->file_key, sizeof(age->file_key));
	add_text(age, DUMPFLT_AGE_INTRO);
	for (i = 0; i < nr; i++)
		add_stanza(age, recipients[i]);
}

/**
 * age_writer_end() - end the header with its MAC, and add the nonce
 * @age: begun; a test may have changed what is there, and the MAC is right then
 */
void age_writer_end(struct age_writer *age)
{
	__u8 header_mac[KEY];

	add_text(age, DUMPFLT_AGE_FOOTER);
	mac(age, DUMPFLT_AGE_INFO_HEADER, age->stored, age->len, header_mac);
	add_text(age, " ");
	add_base64(age, header_mac);
	add_text(age, "\n");
	if (age->len + DUMPFLT_AGE_NONCE > sizeof(age->stored))
		errx(1, "too many recipients");
	get_random(age->stored + age->len, DUMPFLT_AGE_NONCE);
	derive(age->file_key, sizeof(age->file_key),
	       (const __u8 *)age->stored + age->len, DUMPFLT_AGE_NONCE,
	       DUMPFLT_AGE_INFO_PAYLOAD, age->payload_key);
	age->len += DUMPFLT_AGE_NONCE;
}

/* All of what the filter stores at start */
void age_writer_start(struct age_writer *age, const char *const *recipients,
		      unsigned int nr)
{
	age_writer_begin(age, recipients, nr);
	age_writer_end(age);
}

/**
 * age_writer_piece() - seal a chunk of any length in place
 * @age: started
 * @counter: its number
 * @last: it is the last one
 * @data: plaintext, then ciphertext
 * @len: bytes at @data
 * @tag: takes 16 bytes
 */
void age_writer_piece(const struct age_writer *age, __u64 counter, bool last,
		      __u8 *data, size_t len, __u8 tag[DUMPFLT_AGE_TAG])
{
	__u8 nonce[12] = { 0 };
	int i;

	for (i = 10; counter; i--) {
		nonce[i] = (__u8)counter;
		counter >>= 8;
	}
	nonce[11] = last;
	seal(age->payload_key, nonce, data, (int)len, tag);
}

/* One of a dump: those are all full */
void age_writer_chunk(const struct age_writer *age, __u64 counter, bool last,
		      __u8 *chunk, __u8 tag[DUMPFLT_AGE_TAG])
{
	age_writer_piece(age, counter, last, chunk, DUMPFLT_CHUNK_SIZE, tag);
}

/* @receipt is filled but for its CRC, and says which filter we are */
void age_writer_receipt(const struct age_writer *age,
			struct dumpflt_disk_receipt *receipt)
{
	const size_t len = offsetof(struct dumpflt_disk_receipt, crc);
	static const __u8 no_salt[KEY];
	__u8 secret[DUMPFLT_AGE_FILE_KEY + KEY], key[KEY];

	memset(receipt->mac, 0, sizeof(receipt->mac));
	if (!age->origin) {
		mac(age, DUMPFLT_AGE_INFO_RECEIPT, receipt, len, receipt->mac);
		return;
	}
	memcpy(secret, age->file_key, DUMPFLT_AGE_FILE_KEY);
	memcpy(secret + DUMPFLT_AGE_FILE_KEY, age->origin, KEY);
	derive(secret, sizeof(secret), no_salt, KEY, "dumpflt hibernation v1", key);
	if (!HMAC(EVP_sha256(), key, KEY, (const unsigned char *)receipt, len, receipt->mac, NULL))
		errx(1, "no HMAC");
}
