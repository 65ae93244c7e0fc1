// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The header of an age file: written, for those who shall open it.
 *
 * The filter age writes one in the kernel (module/filters/age/header.c); this one is for
 * a file that exists already. The grammar is that of c2sp.org/age.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "age/crypto.h"
#include "age/wrap.h"

/* With padding and a NUL, of a key; the longest there is */
#define BASE64_MAX	(4 * ((DUMPFLT_AGE_KEY + 2) / 3) + 1)

/* Behind what is there. Returns: false if it does not fit */
__attribute__((format(printf, 2, 3)))
static bool append(char header[AGE_WRAP_MAX], const char *fmt, ...)
{
	size_t used = strlen(header);
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(header + used, AGE_WRAP_MAX - used, fmt, args);
	va_end(args);
	return n >= 0 && (size_t)n < AGE_WRAP_MAX - used;
}

/* As age has it: without padding */
static void put_base64(char text[BASE64_MAX], const unsigned char *data, size_t len)
{
	EVP_EncodeBlock((unsigned char *)text, data, (int)len);
	text[strcspn(text, "=")] = '\0';
}

/* The file key in a box that only the owner of @recipient can open */
static int wrap(const unsigned char file_key[DUMPFLT_AGE_FILE_KEY],
		const unsigned char recipient[DUMPFLT_AGE_KEY],
		unsigned char share[DUMPFLT_AGE_KEY],
		unsigned char body[DUMPFLT_AGE_FILE_KEY + DUMPFLT_AGE_TAG])
{
	static const unsigned char nonce[12];
	unsigned char secret[DUMPFLT_AGE_KEY], key[DUMPFLT_AGE_KEY];
	int ret = age_random(secret, sizeof(secret));

	if (!ret)
		ret = age_x25519(secret, NULL, share);
	if (!ret)
		ret = age_stanza_key(secret, recipient, share, recipient, key);
	if (!ret && !age_seal(key, nonce, file_key, DUMPFLT_AGE_FILE_KEY, body,
			      body + DUMPFLT_AGE_FILE_KEY))
		ret = -ENOMEM;
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(key, sizeof(key));
	return ret;
}

static int put_stanza(char *header, const unsigned char *file_key,
		      const unsigned char *recipient)
{
	unsigned char share[DUMPFLT_AGE_KEY];
	unsigned char body[DUMPFLT_AGE_FILE_KEY + DUMPFLT_AGE_TAG];
	char share_text[BASE64_MAX], body_text[BASE64_MAX];
	int ret = wrap(file_key, recipient, share, body);

	if (ret)
		return ret;
	put_base64(share_text, share, sizeof(share));
	put_base64(body_text, body, sizeof(body));
	return append(header, "%s%s\n%s\n", DUMPFLT_AGE_STANZA, share_text, body_text) ?
		       0 : -E2BIG;
}

/* Over all that is there, the mark included */
static int put_mac(char *header, const unsigned char *file_key)
{
	unsigned char key[DUMPFLT_AGE_KEY], mac[DUMPFLT_AGE_KEY];
	char text[BASE64_MAX];
	int ret;

	if (!append(header, "%s", DUMPFLT_AGE_FOOTER))
		return -E2BIG;
	ret = age_hkdf(file_key, DUMPFLT_AGE_FILE_KEY, NULL, 0,
		       DUMPFLT_AGE_INFO_HEADER, key);
	if (!ret)
		ret = age_hmac(key, header, strlen(header), mac);
	OPENSSL_cleanse(key, sizeof(key));
	if (ret)
		return ret;
	put_base64(text, mac, sizeof(mac));
	return append(header, " %s\n", text) ? 0 : -E2BIG;
}

/**
 * age_header_wrap() - write a header
 * @file_key: of the file
 * @recipients: public keys, whose owners can open the file then
 * @nr: how many, at least one
 * @header: filled: text, up to the end of the MAC's line
 * @len: of it
 *
 * What comes next in a file is a nonce of 16 bytes, and the payload.
 *
 * Return: 0; -ENODATA without a source of random bytes, -EKEYREJECTED if a recipient is a
 * point of low order, -E2BIG if there are too many, -ENOMEM
 */
int age_header_wrap(const unsigned char file_key[DUMPFLT_AGE_FILE_KEY],
		    const unsigned char recipients[][DUMPFLT_AGE_KEY], size_t nr,
		    char header[AGE_WRAP_MAX], size_t *len)
{
	int ret = 0;
	size_t i;

	header[0] = '\0';
	if (!append(header, "%s", DUMPFLT_AGE_INTRO))
		ret = -E2BIG;
	for (i = 0; !ret && i < nr; i++)
		ret = put_stanza(header, file_key, recipients[i]);
	if (!ret)
		ret = put_mac(header, file_key);
	*len = strlen(header);
	return ret;
}
