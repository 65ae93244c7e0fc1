/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bios, and the operations of requests. For <linux/bio.h>, <linux/blk-mq.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_BIO_H
#define _DUMPFLT_COMPAT_BIO_H

#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/version.h>

/*
 * An operation, and one with its flags, have types of their own since 6.0
 * (342a72a33407, ff07a02e9e8e). Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
#define dumpflt_compat_op	enum req_op
#define dumpflt_compat_opf	blk_opf_t
#else
#define dumpflt_compat_op	unsigned int
#define dumpflt_compat_opf	unsigned int
#endif

/*
 * Device and operation are arguments since 5.18 (49add4966d79 "block: pass a
 * block_device and opf to bio_init"). Goes when the floor is 6.1.
 */
static inline void dumpflt_compat_bio_init(struct bio *bio,
					   struct block_device *bdev,
					   struct bio_vec *table,
					   unsigned short max_vecs,
					   dumpflt_compat_opf opf)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
	bio_init(bio, bdev, table, max_vecs, opf);
#else
	bio_init(bio, table, max_vecs);
	bio_set_dev(bio, bdev);
	bio->bi_opf = opf;
#endif
}

/*
 * Came with 6.3 (d58cdfae6a22 "block: factor out a bvec_set_page helper") and
 * into 6.1 by its stable updates. Goes when the floor is 6.1.
 */
static inline void dumpflt_compat_bvec_set(struct bio_vec *bv,
					   struct page *page, unsigned int len,
					   unsigned int offset)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	bvec_set_page(bv, page, len, offset);
#else
	bv->bv_page = page;
	bv->bv_len = len;
	bv->bv_offset = offset;
#endif
}

#endif /* _DUMPFLT_COMPAT_BIO_H */
