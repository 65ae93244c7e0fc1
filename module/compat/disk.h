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

/* What a stack device's queue is to offer; sizes are in bytes */
struct dumpflt_compat_limits {
	unsigned int	logical_block_size;
	unsigned int	physical_block_size;
	unsigned int	max_bytes;
	unsigned int	max_segments;
	unsigned int	chunk_bytes;	/* no request crosses these; 0: any may */
	bool		fua;
};

/*
 * Limits are arguments of blk_mq_alloc_disk() since 6.9, and write cache and
 * stable writes are among them since 6.11; before, they are set one by one.
 */
static inline struct gendisk *
dumpflt_compat_alloc_disk(struct blk_mq_tag_set *set, void *queuedata,
			  struct block_device *target,
			  const struct dumpflt_compat_limits *limits)
{
	struct gendisk *disk = blk_mq_alloc_disk(set, queuedata);
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
	blk_queue_logical_block_size(q, limits->logical_block_size);
	blk_queue_physical_block_size(q, limits->physical_block_size);
	blk_queue_max_segments(q, min_t(unsigned int, limits->max_segments,
					queue_max_segments(q)));

	/* design section 5.15: these would go around the filters */
	blk_queue_max_discard_sectors(q, 0);
	blk_queue_max_write_zeroes_sectors(q, 0);
	blk_queue_max_secure_erase_sectors(q, 0);
	q->limits.discard_granularity = 0;

	blk_queue_write_cache(q, true, limits->fua);
	/* a filter reads the pages after the writer has let go of them */
	blk_queue_flag_set(QUEUE_FLAG_STABLE_WRITES, q);
	return disk;
}

#endif /* _DUMPFLT_COMPAT_DISK_H */
