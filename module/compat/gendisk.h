/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A disk is shown, and removed. For <linux/blkdev.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_GENDISK_H
#define _DUMPFLT_COMPAT_GENDISK_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/module.h>
#include <linux/version.h>

/*
 * Nobody looks for partitions; a name for both senses of it since 5.17
 * (46e7eac647b3). Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
#define DUMPFLT_COMPAT_NO_PART	GENHD_FL_NO_PART
#else
#define DUMPFLT_COMPAT_NO_PART	GENHD_FL_NO_PART_SCAN
#endif

/*
 * A disk and its queue are one since 5.14 (b461dfc49eb6), a disk has a block
 * device of its own since 5.11 (0d02129e76ed), add_disk() can fail since 5.15
 * (83cbce957446) and del_gendisk() waits for all requests since 5.16
 * (8e141f9eb803). Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)
static inline int dumpflt_compat_add_disk(struct gendisk *disk,
					  struct block_device **bdev_ret)
{
	int ret = add_disk(disk);

	if (!ret)
		*bdev_ret = disk->part0;
	return ret;
}

static inline void dumpflt_compat_del_disk(struct gendisk *disk,
					   struct block_device *bdev)
{
	del_gendisk(disk);
}

static inline unsigned int
dumpflt_compat_disk_openers(struct gendisk *disk, struct block_device *bdev)
{
	return disk_openers(disk);
}
#else
static inline void dumpflt_compat_del_disk(struct gendisk *disk,
					   struct block_device *bdev)
{
	del_gendisk(disk);
	/* new requests are refused from here on, those that are in are waited for */
	blk_cleanup_queue(disk->queue);
	bdput(bdev);
}

/*
 * A disk that has no place in sysfs is up nevertheless, and cannot be taken back,
 * as removing it takes the device for one that was added. It answers nothing any
 * more, and stays, and so does this module.
 */
static inline int dumpflt_compat_add_disk(struct gendisk *disk,
					  struct block_device **bdev_ret)
{
	add_disk(disk);
	if (!device_is_registered(disk_to_dev(disk))) {
		__module_get(THIS_MODULE);
		get_device(disk_to_dev(disk));
		blk_cleanup_queue(disk->queue);
		return -EIO;
	}
	/* where no number is for them there are no partitions by ioctl either */
	disk->flags &= ~GENHD_FL_EXT_DEVT;
	*bdev_ret = bdget_disk(disk, 0);
	if (*bdev_ret)
		return 0;
	del_gendisk(disk);
	blk_cleanup_queue(disk->queue);
	return -ENOMEM;
}

/* Of one block device, which is the same for all who open the disk */
static inline unsigned int
dumpflt_compat_disk_openers(struct gendisk *disk, struct block_device *bdev)
{
	return READ_ONCE(bdev->bd_openers);
}
#endif

#endif /* _DUMPFLT_COMPAT_GENDISK_H */
