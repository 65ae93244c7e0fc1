// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a disk narrow: few segments, small ones, no gaps between them, as some
 * drivers say of theirs and no disk of the tests does.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "module/compat/query.h"

static char *path;
module_param(path, charp, 0);
MODULE_PARM_DESC(path, "the disk");

static unsigned int segments;
module_param(segments, uint, 0);
MODULE_PARM_DESC(segments, "segments of a request, 0: as it is");

static unsigned int segment_size;
module_param(segment_size, uint, 0);
MODULE_PARM_DESC(segment_size, "bytes of a segment, 0: as it is");

static unsigned int virt_boundary;
module_param(virt_boundary, uint, 0);
MODULE_PARM_DESC(virt_boundary, "mask: segments begin and end there, 0: as it is");

static unsigned int dma_alignment;
module_param(dma_alignment, uint, 0);
MODULE_PARM_DESC(dma_alignment, "mask: where segments begin, 0: as it is");

static unsigned int max_sectors;
module_param(max_sectors, uint, 0);
MODULE_PARM_DESC(max_sectors, "sectors of a request, 0: as it is");

static unsigned int chunk_sectors;
module_param(chunk_sectors, uint, 0);
MODULE_PARM_DESC(chunk_sectors, "no request crosses these, 0: as it is");

static void narrow(struct request_queue *q)
{
	struct queue_limits *limits = &q->limits;

	if (segments)
		limits->max_segments = segments;
	if (segment_size)
		limits->max_segment_size = segment_size;
	if (virt_boundary) {
		limits->virt_boundary_mask = virt_boundary;
		limits->max_segment_size = UINT_MAX;
	}
	if (dma_alignment)
		dumpflt_compat_set_dma_alignment(q, dma_alignment);
	if (max_sectors) {
		limits->max_hw_sectors = max_sectors;
		limits->max_sectors = max_sectors;
	}
	if (chunk_sectors)
		limits->chunk_sectors = chunk_sectors;
}

static int __init narrow_init(void)
{
	struct file *file = filp_open(path ?: "", O_RDONLY, 0);

	if (IS_ERR(file))
		return PTR_ERR(file);
	/* nobody else has it open: the test has only just made it */
	narrow(bdev_get_queue(I_BDEV(file->f_mapping->host)));
	fput(file);
	return 0;
}

static void __exit narrow_exit(void)
{
}

module_init(narrow_init);
module_exit(narrow_exit);

MODULE_DESCRIPTION("dumpflt tests: a disk with narrow limits");
MODULE_LICENSE("GPL");
