// SPDX-License-Identifier: GPL-2.0-only
/*
 * One chunk of an age payload (c2sp.org/age, "Payload"): ChaCha20-Poly1305
 * under the payload key, with a nonce that is made of its number (nonce.h).
 *
 * A nonce must never serve twice under one key. The counter is the number of
 * the chunk in the dump, which the core lets through once in a session (design
 * 5.11), and each session has a key of its own.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <crypto/chacha20poly1305.h>
#include <linux/string.h>

#include "age.h"
#include "nonce.h"

/**
 * dumpflt_age_seal - seal a chunk in place
 * @age: the instance, with a payload key
 * @lane: calls with the same lane never overlap
 * @chunk: DUMPFLT_CHUNK_SIZE bytes, physically contiguous
 * @counter: its number
 * @last: there is none behind it
 * @tag: where to put its tag
 *
 * Context: process context; does not sleep or allocate.
 * Return: 0 or a negative errno.
 */
int dumpflt_age_seal(struct dumpflt_age *age, unsigned int lane, void *chunk,
		     u64 counter, bool last, u8 tag[DUMPFLT_AGE_TAG])
{
	struct dumpflt_age_lane *mine = &age->lanes[lane];

	sg_init_table(mine->sg, ARRAY_SIZE(mine->sg));
	sg_set_buf(&mine->sg[0], chunk, DUMPFLT_CHUNK_SIZE);
	sg_set_buf(&mine->sg[1], mine->tag, sizeof(mine->tag));
	if (!chacha20poly1305_encrypt_sg_inplace(mine->sg, DUMPFLT_CHUNK_SIZE,
						 NULL, 0,
						 dumpflt_age_nonce(counter, last),
						 age->payload_key))
		return -EIO;
	memcpy(tag, mine->tag, sizeof(mine->tag));
	return 0;
}
