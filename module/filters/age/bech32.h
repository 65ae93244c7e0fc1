/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * Bech32, as age uses it for X25519 keys of 32 bytes.
 *
 * bech32.c is PURE, like the files of module/format: the same file is compiled into
 * the module and the tool, and needs nothing of either.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_BECH32_H
#define _DUMPFLT_BECH32_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stddef.h>
#endif

#define DUMPFLT_BECH32_KEY	32
/* What stands before the "1": of a recipient, of an identity */
#define DUMPFLT_BECH32_PUBLIC	"age"
#define DUMPFLT_BECH32_SECRET	"age-secret-key-"

const char *dumpflt_bech32_key(const char *text, size_t len, const char *hrp,
			       __u8 key[DUMPFLT_BECH32_KEY]);

#endif /* _DUMPFLT_BECH32_H */
