/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opening a block device exclusively. For <linux/blkdev.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_BDEV_H
#define _DUMPFLT_COMPAT_BDEV_H

#include <linux/blkdev.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/version.h>

/*
 * What an open gives is a file since 6.9 (f3a608827d1f "bdev: open block device
 * as files"), and modes are BLK_OPEN_* since 6.5; a holder says that the open
 * is exclusive. Before, it is the block device itself, and modes are FMODE_*.
 * The form in between is that of kernels that compat.h refuses.
 *
 * Goes when the floor is 6.12.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
static inline struct block_device *
dumpflt_compat_bdev_open(dev_t dev, void *holder, void **handle_ret)
{
	struct file *file;

	file = bdev_file_open_by_dev(dev, BLK_OPEN_READ | BLK_OPEN_WRITE,
				     holder, NULL);
	if (IS_ERR(file))
		return ERR_CAST(file);
	*handle_ret = file;
	return file_bdev(file);
}

static inline void dumpflt_compat_bdev_close(void *handle)
{
	/*
	 * Of a kernel thread bdev_fput() closes nothing now: a worker of the whole
	 * system does that later, and would be the one to hang.
	 */
	__fput_sync(handle);
}
#else
static inline struct block_device *
dumpflt_compat_bdev_open(dev_t dev, void *holder, void **handle_ret)
{
	struct block_device *bdev;

	bdev = blkdev_get_by_dev(dev, FMODE_READ | FMODE_WRITE | FMODE_EXCL,
				 holder);
	if (!IS_ERR(bdev))
		*handle_ret = bdev;
	return bdev;
}

static inline void dumpflt_compat_bdev_close(void *handle)
{
	blkdev_put(handle, FMODE_READ | FMODE_WRITE | FMODE_EXCL);
}
#endif

/*
 * The page cache of a block device: bd_mapping since 6.10 (224941e8379a "use
 * ->bd_mapping instead of ->bd_inode->i_mapping"). Goes when the floor is 6.12.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
static inline struct address_space *
dumpflt_compat_bdev_mapping(const struct block_device *bdev)
{
	return bdev->bd_mapping;
}
#else
static inline struct address_space *
dumpflt_compat_bdev_mapping(const struct block_device *bdev)
{
	return bdev->bd_inode->i_mapping;
}
#endif

/*
 * The UUID of a partition as text, or NULL. The block device itself has it since
 * 5.11. Goes when the floor is 6.1.
 */
static inline const char *dumpflt_compat_bdev_uuid(struct block_device *bdev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return bdev->bd_meta_info ? bdev->bd_meta_info->uuid : NULL;
#else
	return bdev->bd_part->info ? bdev->bd_part->info->uuid : NULL;
#endif
}

/*
 * Gives a number since 5.11 (4e7b5671c6a8 "block: remove i_bdev"), a block device
 * before. Goes when the floor is 6.1.
 */
static inline int dumpflt_compat_bdev_lookup(const char *path, dev_t *dev_ret)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
	return lookup_bdev(path, dev_ret);
#else
	struct block_device *bdev = lookup_bdev(path);

	if (IS_ERR(bdev))
		return PTR_ERR(bdev);
	*dev_ret = bdev->bd_dev;
	bdput(bdev);
	return 0;
#endif
}

#endif /* _DUMPFLT_COMPAT_BDEV_H */
