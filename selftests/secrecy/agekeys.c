// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * agekeys: the keys of the first age file in FILE, for whoever has an identity.
 *
 * Copyright (C) 2026 the dumpflt authors
 *
 * FILE is an age file or a disk with a sealed slot. No program gives these keys
 * out; here they are what is looked for where it must not be. One line each:
 * its name and its bytes in hexadecimal, as search(1) here reads them.
 */
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "age/crypto.h"
#include "age/identity.h"

#define ENCODED	43	/* characters of 32 bytes in base64 without padding */

/* 32 bytes from base64 */
static int decode(const char *text, unsigned char out[32])
{
	unsigned char padded[ENCODED + 1], wide[33];

	memcpy(padded, text, ENCODED);
	padded[ENCODED] = '=';
	if (EVP_DecodeBlock(wide, padded, sizeof(padded)) != sizeof(wide))
		return -1;
	memcpy(out, wide, 32);
	return 0;
}

/* As c2sp.org/age says under "X25519 recipient stanza" */
static bool unwrap(const struct age_identity *id, const unsigned char *share,
		   const unsigned char *body, unsigned char *file_key)
{
	static const unsigned char nonce[12];
	unsigned char shared[32], salt[64], key[32];

	memcpy(salt, share, 32);
	memcpy(salt + 32, id->public, 32);
	return !age_x25519(id->secret, share, shared) &&
	       !age_hkdf(shared, sizeof(shared), salt, sizeof(salt),
			 DUMPFLT_AGE_INFO_X25519, key) &&
	       age_unseal(key, nonce, body, DUMPFLT_AGE_FILE_KEY,
			  body + DUMPFLT_AGE_FILE_KEY, file_key);
}

static void print(const char *name, const unsigned char *bytes, size_t len)
{
	printf("%s ", name);
	while (len--)
		printf("%02x", *bytes++);
	putchar('\n');
}

static int print_all(const unsigned char *file_key, const unsigned char *nonce)
{
	unsigned char key[32];

	print("file-key", file_key, DUMPFLT_AGE_FILE_KEY);
	if (age_hkdf(file_key, DUMPFLT_AGE_FILE_KEY, nonce, DUMPFLT_AGE_NONCE,
		     DUMPFLT_AGE_INFO_PAYLOAD, key))
		return 1;
	print("payload-key", key, sizeof(key));
	if (age_hkdf(file_key, DUMPFLT_AGE_FILE_KEY, NULL, 0,
		     DUMPFLT_AGE_INFO_RECEIPT, key))
		return 1;
	print("receipt-key", key, sizeof(key));
	return 0;
}

/* @at: behind the first line of the header */
static int open_header(const struct age_identity *id, const char *at)
{
	const size_t intro = strlen(DUMPFLT_AGE_STANZA);
	unsigned char share[32], body[32], file_key[DUMPFLT_AGE_FILE_KEY];
	bool opened = false;

	while (!strncmp(at, DUMPFLT_AGE_STANZA, intro)) {
		if (decode(at + intro, share) ||
		    decode(at + intro + ENCODED + 1, body))
			return 1;
		if (!opened)
			opened = unwrap(id, share, body, file_key);
		at += intro + 2 * (ENCODED + 1);
	}
	if (!opened || strncmp(at, DUMPFLT_AGE_FOOTER, 3))
		return 1;
	return print_all(file_key, (const unsigned char *)at + 4 + ENCODED + 1);
}

int main(int argc, char **argv)
{
	struct age_identities_problem problem;
	static struct age_identities ids;
	const char *data, *at;
	struct stat st;
	int fd;

	if (argc != 3) {
		fputs("Usage: agekeys IDENTITY FILE\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	if (age_identities_read(&ids, fd, &problem)) {
		fprintf(stderr, "ERROR: reading failed on '%s': no keys: %s\n", argv[1],
			problem.wrong ? problem.wrong : "it cannot be read");
		return 1;
	}
	close(fd);
	fd = open(argv[2], O_RDONLY);
	if (fd < 0 || fstat(fd, &st)) {
		perror(argv[2]);
		return 1;
	}
	data = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED) {
		perror(argv[2]);
		return 1;
	}
	at = memmem(data, st.st_size, DUMPFLT_AGE_INTRO,
		    strlen(DUMPFLT_AGE_INTRO));
	if (!at || open_header(&ids.list[0], at + strlen(DUMPFLT_AGE_INTRO))) {
		fprintf(stderr, "ERROR: opening failed on '%s': no age header that this identity opens\n",
			argv[2]);
		return 1;
	}
	return 0;
}
