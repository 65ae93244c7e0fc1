/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a block device is like. For <linux/blkdev.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_QUERY_H
#define _DUMPFLT_COMPAT_QUERY_H

#include <linux/blkdev.h>
#include <linux/pagemap.h>
#include <linux/version.h>

/*
 * All of these are asked of the block device itself by now: which disk it is part of
 * since 5.11, its size since 5.16 (6436bd90f76e), its cache since 5.19
 * (08e688fdb8f7, a557e82e5a01), and how data has to be aligned since 6.0. Before,
 * its queue or its inode knows. Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
static inline struct block_device *
dumpflt_compat_bdev_whole(struct block_device *bdev)
{
	return bdev_whole(bdev);
}

static inline loff_t dumpflt_compat_bdev_size(struct block_device *bdev)
{
	return bdev_nr_bytes(bdev);
}

static inline bool dumpflt_compat_bdev_write_cache(struct block_device *bdev)
{
	return bdev_write_cache(bdev);
}

static inline bool dumpflt_compat_bdev_fua(struct block_device *bdev)
{
	return bdev_fua(bdev);
}

static inline unsigned int
dumpflt_compat_bdev_dma_alignment(struct block_device *bdev)
{
	return bdev_dma_alignment(bdev);
}
#else
static inline struct block_device *
dumpflt_compat_bdev_whole(struct block_device *bdev)
{
	return bdev->bd_contains;
}

static inline loff_t dumpflt_compat_bdev_size(struct block_device *bdev)
{
	return i_size_read(bdev->bd_inode);
}

static inline bool dumpflt_compat_bdev_write_cache(struct block_device *bdev)
{
	return test_bit(QUEUE_FLAG_WC, &bdev_get_queue(bdev)->queue_flags);
}

static inline bool dumpflt_compat_bdev_fua(struct block_device *bdev)
{
	return test_bit(QUEUE_FLAG_FUA, &bdev_get_queue(bdev)->queue_flags);
}

static inline unsigned int
dumpflt_compat_bdev_dma_alignment(struct block_device *bdev)
{
	return queue_dma_alignment(bdev_get_queue(bdev));
}
#endif

/*
 * How a queue's data has to be aligned is among its limits since 6.1 (c964d62f5cab
 * "block: make dma_alignment a stacking queue_limit"). For tests, which change it of
 * a disk that they have made. Goes when the floor is 6.1.
 */
static inline void dumpflt_compat_set_dma_alignment(struct request_queue *q,
						    unsigned int mask)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
	q->limits.dma_alignment = mask;
#else
	q->dma_alignment = mask;
#endif
}

/*
 * Where a page of data comes from. A page that is part of a larger one is told by
 * its folio since 5.16 (7b230db3b8d3). Goes when the floor is 6.1.
 */
static inline struct address_space *
dumpflt_compat_page_mapping(struct page *page)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
	return READ_ONCE(page_folio(page)->mapping);
#else
	return READ_ONCE(compound_head(page)->mapping);
#endif
}

#endif /* _DUMPFLT_COMPAT_QUERY_H */
