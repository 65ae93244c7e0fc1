/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header of an age file: read strictly, and opened with a secret key.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AGE_HEADER_H
#define DUMPFLT_AGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "age/identity.h"

/* Nobody writes longer ones; with the nonce behind it */
#define AGE_HEADER_MAX	65536

/**
 * struct age_keys - what opens one file
 * @file: what recipients have it for: all other keys come from it
 * @payload: its chunks
 * @receipt: the MAC of the receipt, if it is a dump of ours, or an image of that origin
 */
struct age_keys {
	unsigned char	file[DUMPFLT_AGE_FILE_KEY];
	unsigned char	payload[DUMPFLT_AGE_KEY];
	unsigned char	receipt[DUMPFLT_AGE_KEY];
};

/**
 * enum age_fault - what it was that is not right
 * @AGE_FAULT_DAMAGE: what was sealed
 * @AGE_FAULT_KEY: the keys, and nothing else is known
 * @AGE_FAULT_OTHER: neither: memory, a disk, a signal, what was asked for
 */
enum age_fault {
	AGE_FAULT_DAMAGE,
	AGE_FAULT_KEY,
	AGE_FAULT_OTHER,
};

bool age_header_begins(const void *data, size_t len);
const char *age_header_open(const unsigned char *data, size_t len,
			    const struct age_identities *ids,
			    struct age_keys *keys, size_t *used);
enum age_fault age_header_fault(const char *wrong);
bool age_header_no_key(const char *wrong);
bool age_header_is_cut(const char *wrong);
bool age_header_is_armor(const char *wrong);

#endif
