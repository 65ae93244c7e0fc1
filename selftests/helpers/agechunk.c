// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * agechunk: one chunk of a sealed slot, opened by its number.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * Usage: agechunk IDENTITY DEVICE SLOT CHUNK, the plain bytes go to stdout;
 *	  agechunk IDENTITY DEVICE SLOT key|payload, the file key does, or the payload's.
 *
 * age opens a file from its beginning; a dump of 4 GiB takes it minutes. This
 * opens any chunk, on a disk of which nothing but that chunk was ever written.
 * It follows the manual of the format (uapi/linux/dumpflt.h) and c2sp.org/age,
 * on libcrypto, and shares no code with what it tests.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <fcntl.h>
#include <linux/types.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK		65536
#define TAG		16
#define FILE_KEY	16
/* Where things are: in the fixed part of the header, in the filter metadata of a slot */
#define RECORD_SIZE	52
#define SLOT_CHUNKS	60
#define SLOT_OFFSET	64
#define SLOT_SIZE	72
#define FIRST_LEN	(64 + 32)
#define FIRST_DATA	(64 + 40)

static int fd;

static void fail(const char *what)
{
	fprintf(stderr, "ERROR: %s\n", what);
	exit(1);
}

static void need(bool ok, const char *what)
{
	if (!ok)
		fail(what);
}

static void get(void *buf, size_t len, __u64 offset)
{
	need(pread(fd, buf, len, (off_t)offset) == (ssize_t)len, "the device cannot be read");
}

static __u64 number_at(__u64 offset, size_t len)
{
	__u64 number = 0;

	get(&number, len, offset);
	return le64toh(number);
}

/* 32 bytes in groups of five bits behind the last "1"; the checksum is not looked at */
static void read_identity(const char *path, unsigned char secret[32])
{
	static const char alphabet[] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
	static const char start[] = "AGE-SECRET-KEY-1";
	unsigned int bits = 0, nr = 0, done = 0;
	FILE *file = fopen(path, "r");
	const char *at, *c;
	char line[256];

	need(file, "the identity cannot be read");
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, start, strlen(start)))
			break;
	fclose(file);
	need(!strncmp(line, start, strlen(start)), "there is no identity");
	for (at = line + strlen(start); done < 32; at++) {
		c = *at ? strchr(alphabet, *at) : NULL;
		need(c, "the identity is no bech32");
		bits = (bits << 5 | (unsigned int)(c - alphabet)) & 0xffff;
		nr += 5;
		if (nr >= 8) {
			nr -= 8;
			secret[done++] = (unsigned char)(bits >> nr);
		}
	}
}

/* 32 bytes from 43 characters */
static void from_base64(const char *text, unsigned char out[32])
{
	unsigned char padded[44], wide[33];

	memcpy(padded, text, 43);
	padded[43] = '=';
	need(EVP_DecodeBlock(wide, padded, sizeof(padded)) == sizeof(wide), "no base64");
	memcpy(out, wide, 32);
}

static void x25519_public(const unsigned char secret[32], unsigned char out[32])
{
	EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, 32);
	size_t len = 32;

	need(EVP_PKEY_get_raw_public_key(mine, out, &len) > 0, "X25519 gives no public key");
	EVP_PKEY_free(mine);
}

static void x25519(const unsigned char secret[32], const unsigned char point[32],
		   unsigned char out[32])
{
	EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, 32);
	EVP_PKEY *theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, point, 32);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mine, NULL);
	size_t len = 32;

	need(EVP_PKEY_derive_init(ctx) > 0 && EVP_PKEY_derive_set_peer(ctx, theirs) > 0 &&
	     EVP_PKEY_derive(ctx, out, &len) > 0, "X25519 gives no shared secret");
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(mine);
}

static void hkdf(const unsigned char *key, size_t key_len, const unsigned char *salt,
		 size_t salt_len, const char *info, unsigned char out[32])
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("digest", (char *)"SHA256", 0),
		OSSL_PARAM_construct_octet_string("key", (void *)key, key_len),
		OSSL_PARAM_construct_octet_string("salt", (void *)salt, salt_len),
		OSSL_PARAM_construct_octet_string("info", (void *)info, strlen(info)),
		OSSL_PARAM_construct_end(),
	};

	need(EVP_KDF_derive(ctx, out, 32, params) > 0, "HKDF");
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
}

static bool unseal(const unsigned char key[32], const unsigned char nonce[12],
		   const unsigned char *sealed, int len, const unsigned char *tag,
		   unsigned char *out)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;
	bool ok = EVP_DecryptInit_ex(ctx, EVP_chacha20_poly1305(), NULL, key, nonce) > 0 &&
		  EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG, (void *)tag) > 0 &&
		  EVP_DecryptUpdate(ctx, out, &n, sealed, len) > 0 && n == len &&
		  EVP_DecryptFinal_ex(ctx, out + n, &n) > 0;

	EVP_CIPHER_CTX_free(ctx);
	return ok;
}

static void put(const void *data, size_t len)
{
	need(fwrite(data, len, 1, stdout) == 1 && !fflush(stdout), "write to stdout");
}

/* The file key, and the payload's, out of what the filter stored: stanzas, MAC, nonce */
static void open_header(const unsigned char secret[32], char *at,
			unsigned char file_key[FILE_KEY], unsigned char payload[32])
{
	static const char intro[] = "age-encryption.org/v1\n", stanza[] = "-> X25519 ";
	unsigned char salt[64], shared[32], body[32], key[32];
	static const unsigned char zero[12];
	bool opened = false;

	need(!strncmp(at, intro, strlen(intro)), "there is no age header");
	for (at += strlen(intro); !strncmp(at, stanza, strlen(stanza)); at += 2 * 44) {
		at += strlen(stanza);
		from_base64(at, salt);
		from_base64(at + 44, body);
		x25519(secret, salt, shared);
		x25519_public(secret, salt + 32);
		hkdf(shared, sizeof(shared), salt, sizeof(salt), "age-encryption.org/v1/X25519",
		     key);
		opened = opened || unseal(key, zero, body, FILE_KEY, body + FILE_KEY, file_key);
	}
	need(opened, "the identity opens no stanza");
	need(!strncmp(at, "--- ", 4), "the header has no end");
	hkdf(file_key, FILE_KEY, (unsigned char *)at + 4 + 44, 16, "payload", payload);
}

static void open_chunk(const unsigned char key[32], __u64 slot, __u64 chunk)
{
	static unsigned char sealed[CHUNK], plain[CHUNK];
	unsigned char tag[TAG], nonce[12] = { 0 };
	__u64 rest = chunk, data = slot + 65536;
	int i;

	get(sealed, CHUNK, data + chunk * CHUNK);
	get(tag, TAG, data + number_at(SLOT_CHUNKS, 4) * CHUNK +
		      chunk * number_at(RECORD_SIZE, 4) + 8);
	for (i = 10; i >= 0; i--, rest /= 256)
		nonce[i] = rest % 256;
	need(unseal(key, nonce, sealed, CHUNK, tag, plain),
	     "the chunk does not open by its number");
	put(plain, CHUNK);
}

int main(int argc, char **argv)
{
	unsigned char secret[32], file_key[FILE_KEY], payload[32];
	static char header[4096];
	__u64 slot, len;

	if (argc != 5) {
		fprintf(stderr, "Usage: agechunk IDENTITY DEVICE SLOT CHUNK|key|payload\n");
		return 2;
	}
	read_identity(argv[1], secret);
	fd = open(argv[2], O_RDONLY);
	need(fd >= 0, "the device cannot be opened");
	slot = number_at(SLOT_OFFSET, 8) + strtoull(argv[3], NULL, 0) * number_at(SLOT_SIZE, 8);
	len = number_at(slot + FIRST_LEN, 4);
	need(len < sizeof(header), "the header is too long");
	get(header, len, slot + FIRST_DATA);
	open_header(secret, header, file_key, payload);
	if (!strcmp(argv[4], "key"))
		put(file_key, sizeof(file_key));
	else if (!strcmp(argv[4], "payload"))
		put(payload, sizeof(payload));
	else
		open_chunk(payload, slot, strtoull(argv[4], NULL, 0));
	return 0;
}
