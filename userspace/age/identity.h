/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secret keys, as age-keygen writes them.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AGE_IDENTITY_H
#define DUMPFLT_AGE_IDENTITY_H

#include <stddef.h>

#include "../../module/filters/age/age_format.h"

#define AGE_IDENTITIES_MAX	64

/**
 * struct age_identity - a key pair
 * @secret: the secret key
 * @public: the public key
 */
struct age_identity {
	unsigned char	secret[DUMPFLT_AGE_KEY];
	unsigned char	public[DUMPFLT_AGE_KEY];
};

/**
 * struct age_identities - what may open a file
 * @nr: how many
 * @list: key pairs
 */
struct age_identities {
	size_t			nr;
	struct age_identity	list[AGE_IDENTITIES_MAX];
};

int age_identities_read(struct age_identities *ids, const char *path);
void age_identities_wipe(struct age_identities *ids);

#endif
