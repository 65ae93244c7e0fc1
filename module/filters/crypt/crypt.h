/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The map of the crypt filter.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_CRYPT_H
#define _DUMPFLT_CRYPT_H

#include <crypto/aes.h>
#include <linux/dumpflt.h>
#include <linux/types.h>

/* Bytes that are encrypted as one, with one tweak: XTS calls it a data unit */
#define DUMPFLT_CRYPT_UNIT	4096
/* Two AES-256 keys: one for the data, one for the tweak */
#define DUMPFLT_CRYPT_KEY_SIZE	(2 * AES_KEYSIZE_256)

struct dumpflt_xts;

enum dumpflt_xts_direction {
	DUMPFLT_XTS_ENCRYPT,
	DUMPFLT_XTS_DECRYPT,
};

/* xts.c */
struct dumpflt_xts *dumpflt_xts_create(u32 nr_lanes, u32 mask);
void dumpflt_xts_destroy(struct dumpflt_xts *xts);
int dumpflt_xts_set_key(struct dumpflt_xts *xts, const u8 *key);
u8 *dumpflt_xts_scratch(struct dumpflt_xts *xts, u32 lane);
int dumpflt_xts_crypt(struct dumpflt_xts *xts, u32 lane,
		      enum dumpflt_xts_direction direction, u64 number,
		      const u8 *from, u8 *to, u32 len);

/* xts_selftest.c */
int dumpflt_xts_selftest(struct dumpflt_xts *xts, u32 lane);

/* xts_choose.c */
void dumpflt_xts_load(void);
struct dumpflt_xts *dumpflt_xts_choose(u32 nr_lanes);

/* key.c */
int dumpflt_crypt_load_key(const struct dumpflt_init_data *init_data,
			   const char *description, struct dumpflt_xts *xts);

#endif /* _DUMPFLT_CRYPT_H */
