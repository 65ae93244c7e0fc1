/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * Sizes and labels of an age file (c2sp.org/age, age-encryption.org/v1), for
 * the module and the tool. What a sealed slot is made of: uapi/linux/dumpflt.h.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_AGE_FORMAT_H
#define _DUMPFLT_AGE_FORMAT_H

#define DUMPFLT_AGE_RECIPIENTS_MAX	16	/* of one dump */

#define DUMPFLT_AGE_FILE_KEY	16	/* bytes; the secret of one file */
#define DUMPFLT_AGE_KEY		32	/* of every derived key, and of X25519 */
#define DUMPFLT_AGE_ORIGIN	32	/* the machine key of a hibernation image */
#define DUMPFLT_AGE_NONCE	16	/* behind the header */
#define DUMPFLT_AGE_TAG		16	/* behind each chunk */

/* Seconds that a young kernel gets to seed its random number generator */
#define DUMPFLT_AGE_RNG_SECONDS	30

/* The header: lines of text */
#define DUMPFLT_AGE_INTRO	"age-encryption.org/v1\n"
#define DUMPFLT_AGE_STANZA	"-> X25519 "
#define DUMPFLT_AGE_FOOTER	"---"

/* info of HKDF-SHA-256; the last two are ours */
#define DUMPFLT_AGE_INFO_X25519		"age-encryption.org/v1/X25519"
#define DUMPFLT_AGE_INFO_HEADER		"header"
#define DUMPFLT_AGE_INFO_PAYLOAD	"payload"
#define DUMPFLT_AGE_INFO_RECEIPT	"dumpflt receipt v1"
#define DUMPFLT_AGE_INFO_HIBERNATION	"dumpflt hibernation v1"

#endif /* _DUMPFLT_AGE_FORMAT_H */
