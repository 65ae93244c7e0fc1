// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A key pair, for tests that seal and open. It protects nothing.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <string.h>

#include "../../module/filters/age/bech32.h"
#include "age/crypto.h"
#include "age_key.h"

static const char secret[] =
	"AGE-SECRET-KEY-1845A0LAY7QZ8QDH7Q924QEX574HKD5YZYL0659850CUF8E5W6R9QKNXSJW";

const char *const age_key_recipient =
	"age1e8npz4u2e9ag3enf5ctrlhv569nqke2hh72r4833lzfcj4khdegsfe209n";

/* Returns: 0, and the secret key is all that there is in @ids */
int age_key_get(struct age_identities *ids)
{
	struct age_identity *id = &ids->list[0];

	ids->nr = 1;
	return dumpflt_bech32_key(secret, strlen(secret), DUMPFLT_BECH32_SECRET,
				  id->secret) ||
	       age_x25519(id->secret, NULL, id->public);
}
