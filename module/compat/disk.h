/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making a blk-mq disk with limits stacked from another. For
 * <linux/blk-mq.h>, <linux/blkdev.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_DISK_H
#define _DUMPFLT_COMPAT_DISK_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/version.h>

/* What a stack device's queue is to offer; sizes are in bytes */
struct dumpflt_compat_limits {
	unsigned int	logical_block_size;
	unsigned int	physical_block_size;
	unsigned int	max_bytes;
	unsigned int	max_segments;
	bool		own_segments;	/* the target's rules do not count */
	unsigned int	dma_alignment;	/* mask */
	unsigned int	chunk_bytes;	/* no request crosses these; 0: any may */
	bool		fua;
};

/* A boundary within a block cannot be kept, and need not: the target splits there */
static inline bool dumpflt_compat_fits_blocks(unsigned int chunk_sectors,
					      unsigned int block_size)
{
	return !(chunk_sectors % (block_size >> SECTOR_SHIFT));
}

/*
 * Limits are an argument of blk_mq_alloc_disk() since 6.9 (27e32cd23fed), and
 * write cache and stable writes are among them since 6.11 (1122c0c1cc71,
 * 1a02f3a73f8c); before, they are set one by one. Goes when the floor is 6.12.
 *
 * Before 5.14 disk and queue are made one by one as well (b461dfc49eb6), and secure
 * erase has no limit before 5.19 but a flag, which is not set (44abff2c0b97).
 * Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
static inline struct gendisk *
dumpflt_compat_alloc_disk(struct blk_mq_tag_set *set, void *queuedata,
			  struct block_device *target,
			  const struct dumpflt_compat_limits *limits)
{
	/* what is not named here is 0: none, if the target may only lower it */
	struct queue_limits lim = {
		.max_hw_sectors = limits->max_bytes >> SECTOR_SHIFT,
		.logical_block_size = SECTOR_SIZE,
		.physical_block_size = SECTOR_SIZE,
		.io_min = SECTOR_SIZE,
		.dma_alignment = SECTOR_SIZE - 1,
	};

	queue_limits_stack_bdev(&lim, target, 0, KBUILD_MODNAME);
	/* one page where the target has none, which would be taken for a limit */
	lim.max_dev_sectors = 0;
	if (limits->chunk_bytes)
		lim.chunk_sectors = limits->chunk_bytes >> SECTOR_SHIFT;
	else if (!dumpflt_compat_fits_blocks(lim.chunk_sectors,
					     limits->logical_block_size))
		lim.chunk_sectors = 0;
	lim.dma_alignment = limits->dma_alignment;
	if (limits->own_segments) {
		lim.max_segments = 0;
		lim.virt_boundary_mask = 0;
	}
	lim.logical_block_size = limits->logical_block_size;
	lim.physical_block_size = limits->physical_block_size;
	lim.max_segments = min_t(unsigned int, limits->max_segments,
				 lim.max_segments ?: BLK_MAX_SEGMENTS);

	/* design section 5.15: these would go around the filters */
	lim.max_hw_discard_sectors = 0;
	lim.max_secure_erase_sectors = 0;

	/* a filter reads the pages after the writer has let go of them */
	lim.features = (lim.features & BLK_FEAT_ROTATIONAL) |
		       BLK_FEAT_WRITE_CACHE | BLK_FEAT_STABLE_WRITES;
	if (limits->fua)
		lim.features |= BLK_FEAT_FUA;
	return blk_mq_alloc_disk(set, &lim, queuedata);
}
#else
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
static inline struct gendisk *
dumpflt_compat_mq_disk(struct blk_mq_tag_set *set, void *queuedata)
{
	return blk_mq_alloc_disk(set, queuedata);
}
#else
static inline struct gendisk *
dumpflt_compat_mq_disk(struct blk_mq_tag_set *set, void *queuedata)
{
	struct request_queue *q = blk_mq_init_queue_data(set, queuedata);
	struct gendisk *disk;

	if (IS_ERR(q))
		return ERR_CAST(q);
	disk = alloc_disk_node(0, set->numa_node);
	if (!disk) {
		blk_cleanup_queue(q);
		return ERR_PTR(-ENOMEM);
	}
	disk->queue = q;
	/* a number that is free, as every disk has it since */
	disk->flags |= GENHD_FL_EXT_DEVT;
	return disk;
}
#endif

static inline struct gendisk *
dumpflt_compat_alloc_disk(struct blk_mq_tag_set *set, void *queuedata,
			  struct block_device *target,
			  const struct dumpflt_compat_limits *limits)
{
	struct gendisk *disk = dumpflt_compat_mq_disk(set, queuedata);
	struct request_queue *q;

	if (IS_ERR(disk))
		return disk;
	q = disk->queue;
	/*
	 * Before stacking: that leaves max_dev_sectors at one page where it
	 * was not set, and a later call would take it for a limit.
	 */
	blk_queue_max_hw_sectors(q, limits->max_bytes >> SECTOR_SHIFT);
	disk_stack_limits(disk, target, 0);
	if (limits->chunk_bytes)
		blk_queue_chunk_sectors(q, limits->chunk_bytes >> SECTOR_SHIFT);
	else if (!dumpflt_compat_fits_blocks(q->limits.chunk_sectors,
					     limits->logical_block_size))
		blk_queue_chunk_sectors(q, 0);
	blk_queue_dma_alignment(q, limits->dma_alignment);
	if (limits->own_segments) {
		blk_queue_max_segments(q, BLK_MAX_SEGMENTS);
		q->limits.virt_boundary_mask = 0;
	}
	blk_queue_logical_block_size(q, limits->logical_block_size);
	blk_queue_physical_block_size(q, limits->physical_block_size);
	blk_queue_max_segments(q, min_t(unsigned int, limits->max_segments,
					queue_max_segments(q)));

	/* design section 5.15: these would go around the filters */
	blk_queue_max_discard_sectors(q, 0);
	blk_queue_max_write_zeroes_sectors(q, 0);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 19, 0)
	blk_queue_max_secure_erase_sectors(q, 0);
#endif
	q->limits.discard_granularity = 0;

	blk_queue_write_cache(q, true, limits->fua);
	/* a filter reads the pages after the writer has let go of them */
	blk_queue_flag_set(QUEUE_FLAG_STABLE_WRITES, q);
	return disk;
}
#endif

#endif /* _DUMPFLT_COMPAT_DISK_H */
