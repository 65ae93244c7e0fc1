// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * By what a dump area is known again: filters, recipients and sizes included.
 *
 * Nothing on a disk vouches for its policy, so that whoever can write to it can add a
 * recipient. What is to be sealed by that policy needs a word that is not on that disk.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <ctype.h>
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "dumps/fingerprint.h"
#include "lib/text.h"

/**
 * fingerprint_of() - SHA-256 of all that never changes once an area is formatted
 * @header: valid
 * @text: filled
 *
 * Return: 0, or -ENOMEM
 */
int fingerprint_of(const struct dumpflt_disk_header *header, char text[FINGERPRINT_MAX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	if (!EVP_Digest(&header->fixed, sizeof(header->fixed), digest, &len, EVP_sha256(), NULL))
		return -ENOMEM;
	text_hex(digest, len, text);
	return 0;
}

/* In small letters, as it is printed. Returns: false if @value is none */
bool fingerprint_parse(const char *value, char text[FINGERPRINT_MAX])
{
	size_t i;

	if (strlen(value) != FINGERPRINT_MAX - 1)
		return false;
	for (i = 0; i < FINGERPRINT_MAX; i++) {
		if (value[i] && !isxdigit((unsigned char)value[i]))
			return false;
		text[i] = (char)tolower((unsigned char)value[i]);
	}
	return true;
}
