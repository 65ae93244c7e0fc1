/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * The nonce of a chunk of an age payload (c2sp.org/age, "Payload"): 11 bytes
 * big-endian counter, and one byte that is 1 for the last chunk.
 *
 * PURE, like bech32.c: the unit tests of the tool compile the very same.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_AGE_NONCE_H
#define _DUMPFLT_AGE_NONCE_H

#include <linux/swab.h>
#include <linux/types.h>

/**
 * dumpflt_age_nonce - the nonce as the kernel's ChaCha20-Poly1305 takes it
 * @counter: number of the chunk, less than 2^56
 * @last: there is none behind it: 1, else 0
 *
 * The library puts a 64-bit little-endian number behind four zero bytes. That
 * leaves the lower 56 bits of the counter and the last byte to be set, which
 * is enough for chunks that are counted in 32 bits.
 *
 * Return: that number.
 */
static inline __u64 dumpflt_age_nonce(__u64 counter, __u8 last)
{
	return __swab64(counter << 8 | last);
}

#endif /* _DUMPFLT_AGE_NONCE_H */
