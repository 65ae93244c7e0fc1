// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The header of an age file, changed here and there, or anything at all: refused,
 * unless nothing that the MAC is over has changed.
 *
 * The last byte of the input says which of the two, and where it is cut. The
 * header is that of the module's self-test, with its first recipient's key.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "age/crypto.h"
#include "age/header.h"
#include "fuzz.h"

static const char header[] =
	"age-encryption.org/v1\n"
	"-> X25519 2J47rXlDfb7Z+ENBgwT0YP8Fx/6B/kqVd6gEy5Nn/2Y\n"
	"uPPdCqt6qyovdaN2PAnlJkseMGTx86KkgnLvfB+PsXI\n"
	"-> X25519 NOQtSvXvlKB6OoQgG4idTNGnQ8snsRtqEEOKj+uOWEc\n"
	"ODOySYU6jZFdQOrLteYrUTik8LCtJ5FaeQxlBy5ZfXA\n"
	"--- 9HIC6dpHZizKhPjyeqmEBO+Gihw32xpUBz43WWysVg0\n"
	"the nonce (16 B)and some of the payload";

#define HEADER_LEN	(sizeof(header) - 1 - 39)

static const struct age_identities *identities(void)
{
	static struct age_identities ids;
	unsigned int i;

	if (ids.nr)
		return &ids;
	ids.nr = 1;
	for (i = 0; i < DUMPFLT_AGE_KEY; i++)
		ids.list[0].secret[i] = (unsigned char)(0x80 + i);
	promise(!age_x25519(ids.list[0].secret, NULL, ids.list[0].public));
	return &ids;
}

/* Returns whether it was opened; on the heap, so that its end is known */
static int try_open(const __u8 *from, size_t len)
{
	__u8 *text = malloc(len ? len : 1);
	struct age_keys keys;
	const char *wrong;
	size_t used;

	promise(text);
	memcpy(text, from, len);
	wrong = age_header_open(text, len, identities(), &keys, &used);
	if (!wrong)
		promise(used <= len && used == HEADER_LEN + DUMPFLT_AGE_NONCE &&
			!memcmp(text, header, HEADER_LEN));
	free(text);
	return !wrong;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	/* the stanzas' first lines, a body, the MAC */
	static const struct fuzz_range ranges[] = {
		{ 22, 14 }, { 76, 44 }, { HEADER_LEN - 48, 48 },
	};
	__u8 text[sizeof(header) - 1];
	size_t len = sizeof(text);

	if (!size)
		return 0;
	if (data[size - 1] & 1) {
		try_open(data, size - 1);
		return 0;
	}
	memcpy(text, header, sizeof(text));
	fuzz_change(text, sizeof(text), ranges, 3, data, size - 1);
	if (data[size - 1] & 2)
		len -= (data[size - 1] >> 2) % len;
	if (len == sizeof(text) && !memcmp(text, header, HEADER_LEN))
		promise(try_open(text, len));
	else
		try_open(text, len);
	return 0;
}
