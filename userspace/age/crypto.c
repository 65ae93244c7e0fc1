// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The primitives of age files, from libcrypto.
 *
 * What fails here fails for want of memory, or because libcrypto has been built
 * without it; callers report it as such.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <string.h>

#include "age/crypto.h"

static int derive_shared(EVP_PKEY_CTX *ctx, EVP_PKEY *peer,
			 unsigned char out[DUMPFLT_AGE_KEY])
{
	size_t len = DUMPFLT_AGE_KEY;

	if (EVP_PKEY_derive_init(ctx) <= 0 ||
	    EVP_PKEY_derive_set_peer(ctx, peer) <= 0)
		return -ENOMEM;
	/* libcrypto refuses a secret of zeros, as RFC 7748 6.1 wants it */
	return EVP_PKEY_derive(ctx, out, &len) <= 0 ? -EKEYREJECTED : 0;
}

/**
 * age_x25519() - X25519
 * @secret: scalar of 32 bytes; clamped by the library
 * @public: a public key; NULL for that of @secret
 * @out: the shared secret, or the public key
 *
 * Return: 0; -EKEYREJECTED if @public is a point of low order; -ENOMEM
 */
int age_x25519(const unsigned char secret[DUMPFLT_AGE_KEY],
	       const unsigned char *public, unsigned char out[DUMPFLT_AGE_KEY])
{
	EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL,
						      secret, DUMPFLT_AGE_KEY);
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *peer = NULL;
	size_t len = DUMPFLT_AGE_KEY;
	int ret = -ENOMEM;

	if (mine && !public) {
		if (EVP_PKEY_get_raw_public_key(mine, out, &len) > 0)
			ret = 0;
	} else if (mine) {
		peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL,
						   public, DUMPFLT_AGE_KEY);
		ctx = EVP_PKEY_CTX_new(mine, NULL);
		if (peer && ctx)
			ret = derive_shared(ctx, peer, out);
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);
	EVP_PKEY_free(mine);
	return ret;
}

/**
 * age_hkdf() - HKDF-SHA-256, for a result of 32 bytes
 * @ikm: input keying material, of RFC 5869
 * @ikm_len: bytes at @ikm
 * @salt: NULL for 32 zeros, as RFC 5869 has it
 * @salt_len: bytes at @salt
 * @info: what the result is for
 * @key: 32 bytes of output keying material
 *
 * Return: 0 or -ENOMEM
 */
int age_hkdf(const unsigned char *ikm, size_t ikm_len,
	     const unsigned char *salt, size_t salt_len, const char *info,
	     unsigned char key[DUMPFLT_AGE_KEY])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
	size_t len = DUMPFLT_AGE_KEY;
	bool done = ctx && EVP_PKEY_derive_init(ctx) > 0 &&
		    EVP_PKEY_CTX_set_hkdf_md(ctx, EVP_sha256()) > 0 &&
		    (!salt_len || EVP_PKEY_CTX_set1_hkdf_salt(ctx, salt,
							      (int)salt_len) > 0) &&
		    EVP_PKEY_CTX_set1_hkdf_key(ctx, ikm, (int)ikm_len) > 0 &&
		    EVP_PKEY_CTX_add1_hkdf_info(ctx, (const unsigned char *)info,
						(int)strlen(info)) > 0 &&
		    EVP_PKEY_derive(ctx, key, &len) > 0;

	EVP_PKEY_CTX_free(ctx);
	return done ? 0 : -ENOMEM;
}

/**
 * age_stanza_key() - what the file key is sealed with in a stanza of type X25519
 * @secret: of whoever asks: of the stanza, to seal; of the recipient, to open
 * @peer: the public key of the other side
 * @share: public key of the stanza
 * @recipient: public key of the recipient
 * @key: filled; to be wiped whatever is returned
 *
 * Return: 0; -EKEYREJECTED if @peer is a point of low order; -ENOMEM
 */
int age_stanza_key(const unsigned char secret[DUMPFLT_AGE_KEY],
		   const unsigned char peer[DUMPFLT_AGE_KEY],
		   const unsigned char share[DUMPFLT_AGE_KEY],
		   const unsigned char recipient[DUMPFLT_AGE_KEY],
		   unsigned char key[DUMPFLT_AGE_KEY])
{
	unsigned char salt[2 * DUMPFLT_AGE_KEY], shared[DUMPFLT_AGE_KEY];
	int ret = age_x25519(secret, peer, shared);

	memcpy(salt, share, DUMPFLT_AGE_KEY);
	memcpy(salt + DUMPFLT_AGE_KEY, recipient, DUMPFLT_AGE_KEY);
	if (!ret)
		ret = age_hkdf(shared, sizeof(shared), salt, sizeof(salt),
			       DUMPFLT_AGE_INFO_X25519, key);
	OPENSSL_cleanse(shared, sizeof(shared));
	return ret;
}

/**
 * age_hmac() - HMAC-SHA-256
 * @key: 32 bytes
 * @data: what is authenticated
 * @len: bytes at @data
 * @mac: takes 32 bytes
 *
 * Return: 0 or -ENOMEM
 */
int age_hmac(const unsigned char key[DUMPFLT_AGE_KEY], const void *data,
	     size_t len, unsigned char mac[DUMPFLT_AGE_KEY])
{
	return HMAC(EVP_sha256(), key, DUMPFLT_AGE_KEY, data, len, mac, NULL) ?
		       0 : -ENOMEM;
}

/* In a time that does not depend on where they differ */
bool age_same(const void *a, const void *b, size_t len)
{
	return !CRYPTO_memcmp(a, b, len);
}

/**
 * age_random() - bytes that nobody can guess
 * @out: takes them
 * @len: how many
 *
 * Return: 0, or -ENODATA if there is no source of them
 */
int age_random(unsigned char *out, size_t len)
{
	return RAND_priv_bytes(out, (int)len) > 0 ? 0 : -ENODATA;
}

/**
 * age_seal() - make a ChaCha20-Poly1305 box
 * @key: 32 bytes
 * @nonce: 12 bytes, which this key has sealed nothing with before
 * @plain: what goes into it
 * @len: bytes at @plain, and of ciphertext
 * @sealed: takes the ciphertext, without its tag
 * @tag: takes 16 bytes
 *
 * Return: false if there is no memory
 */
bool age_seal(const unsigned char key[DUMPFLT_AGE_KEY], const unsigned char nonce[12],
	      const unsigned char *plain, size_t len, unsigned char *sealed,
	      unsigned char tag[DUMPFLT_AGE_TAG])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;
	bool done;

	done = ctx && EVP_EncryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL,
					 key, nonce) > 0 &&
	       EVP_EncryptUpdate(ctx, sealed, &n, plain, (int)len) > 0 &&
	       EVP_EncryptFinal_ex(ctx, sealed + n, &n) > 0 &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, DUMPFLT_AGE_TAG, tag) > 0;
	EVP_CIPHER_CTX_free(ctx);
	return done;
}

/**
 * age_unseal() - open a ChaCha20-Poly1305 box
 * @key: 32 bytes
 * @nonce: 12 bytes
 * @sealed: ciphertext without its tag
 * @len: bytes at @sealed, and of plaintext
 * @tag: 16 bytes
 * @out: for @len bytes; wiped if the tag is wrong
 *
 * Return: true if the tag is right
 */
bool age_unseal(const unsigned char key[DUMPFLT_AGE_KEY],
		const unsigned char nonce[12], const unsigned char *sealed,
		size_t len, const unsigned char *tag, unsigned char *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	unsigned char want[DUMPFLT_AGE_TAG];
	int n;
	bool right;

	memcpy(want, tag, sizeof(want));
	right = ctx && EVP_DecryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL,
					  key, nonce) > 0 &&
		EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof(want),
				    want) > 0 &&
		EVP_DecryptUpdate(ctx, out, &n, sealed, (int)len) > 0 &&
		EVP_DecryptFinal_ex(ctx, out + n, &n) > 0;
	EVP_CIPHER_CTX_free(ctx);
	/* nobody is to use what nobody has vouched for */
	if (!right)
		OPENSSL_cleanse(out, len);
	return right;
}

/**
 * age_unseal_chunk() - open a chunk of a payload
 * @key: of the payload
 * @number: of the chunk in the payload, from 0: the nonce
 * @last: it is the last one
 * @sealed: ciphertext without its tag
 * @len: bytes at @sealed, 65536 but for the last chunk
 * @tag: 16 bytes
 * @out: for @len bytes; wiped if the tag is wrong
 *
 * Return: true if the tag is right
 */
bool age_unseal_chunk(const unsigned char key[DUMPFLT_AGE_KEY], __u64 number,
		      bool last, const unsigned char *sealed, size_t len,
		      const unsigned char *tag, unsigned char *out)
{
	unsigned char nonce[12] = { 0 };
	unsigned int i;

	/* 11 bytes of big-endian counter, of which 8 are enough */
	for (i = 0; i < 8; i++)
		nonce[10 - i] = (unsigned char)(number >> 8 * i);
	nonce[11] = last;
	return age_unseal(key, nonce, sealed, len, tag, out);
}
