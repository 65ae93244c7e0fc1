/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secret keys, as age-keygen writes them.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AGE_IDENTITY_H
#define DUMPFLT_AGE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "../../module/filters/age/age_format.h"

#define AGE_IDENTITIES_MAX	64

/**
 * struct age_identity - a key pair
 * @secret: X25519 scalar, to be wiped
 * @public: its point, which recipients show
 */
struct age_identity {
	unsigned char	secret[DUMPFLT_AGE_KEY];
	unsigned char	public[DUMPFLT_AGE_KEY];
};

/**
 * struct age_identities - what may open a file
 * @nr: entries of @list
 * @list: key pairs
 * @has_origin: there is one
 * @origin: the key of the machine that a hibernation image must be of
 * @stop: shall no more of them be tried? That takes a while with many, and is in
 *	the hands of who wrote the file; NULL to go on in any case
 */
struct age_identities {
	size_t			nr;
	struct age_identity	list[AGE_IDENTITIES_MAX];
	bool			has_origin;
	unsigned char		origin[DUMPFLT_AGE_ORIGIN];
	bool			(*stop)(void);
};

/**
 * struct age_identities_problem - what was found in a file of keys
 * @line: that it is about, 0 if it is not about a single one
 * @wrong: in words that fit behind a colon, NULL if the errno says it all
 * @hint: what to do about it, or NULL
 * @shared: others may read the file, which is no error
 */
struct age_identities_problem {
	unsigned int	line;
	const char	*wrong;
	const char	*hint;
	bool		shared;
};

int age_identities_read(struct age_identities *ids, int fd,
			struct age_identities_problem *problem);
void age_identities_wipe(struct age_identities *ids);

#endif
