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

/*
 * Modes are FMODE_* before 6.5; what an open gives is the block device itself
 * before 6.7, a handle in 6.7 and 6.8, a file since 6.9.
 */
static inline struct block_device *
dumpflt_compat_bdev_open(const char *path, void *holder, void **handle_ret)
{
	struct block_device *bdev;

	bdev = blkdev_get_by_path(path, FMODE_READ | FMODE_WRITE | FMODE_EXCL,
				  holder);
	if (!IS_ERR(bdev))
		*handle_ret = bdev;
	return bdev;
}

static inline void dumpflt_compat_bdev_close(void *handle)
{
	blkdev_put(handle, FMODE_READ | FMODE_WRITE | FMODE_EXCL);
}

/* The UUID of a partition as text, or NULL */
static inline const char *dumpflt_compat_bdev_uuid(struct block_device *bdev)
{
	return bdev->bd_meta_info ? bdev->bd_meta_info->uuid : NULL;
}

#endif /* _DUMPFLT_COMPAT_BDEV_H */
