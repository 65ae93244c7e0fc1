// SPDX-License-Identifier: GPL-2.0-only
/*
 * The block device below: claimed, read, written. The only file that submits
 * the data of a dump to it; for what the core itself has to say there is sync.c.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bio.h>
#include <linux/blkdev.h>

#include "target/target.h"

/* Why a target that could be opened is not good enough; 0 if it is */
static int refuse_target(struct dumpflt_stack *stack, struct block_device *bdev)
{
	const char *path = stack->path;

	if (bdev_is_zoned(bdev)) {
		dumpflt_fail(stack, NULL, -EOPNOTSUPP,
			     "target %s is a zoned device, which takes no random writes: choose another one",
			     path);
		return -EOPNOTSUPP;
	}
	if (bdev_logical_block_size(bdev) > PAGE_SIZE ||
	    bdev_nr_bytes(bdev) < PAGE_SIZE) {
		dumpflt_fail(stack, NULL, -EINVAL,
			     "target %s has %u-byte blocks and %llu bytes: blocks of at most a page and room for a page are needed",
			     path, bdev_logical_block_size(bdev),
			     (u64)bdev_nr_bytes(bdev));
		return -EINVAL;
	}
	return 0;
}

static const char *open_advice(int err)
{
	switch (err) {
	case -EBUSY:
		return ": it is mounted or in use; unmount it or end its user";
	case -ENOENT:
	case -ENXIO:
		return ": there is no such device; is its driver loaded?";
	case -ENOTBLK:
		return ": it is not a block device";
	case -EROFS:
		return ": it is read-only; choose another one, or use blockdev --setrw";
	default:
		return "";
	}
}

/**
 * dumpflt_target_open - claim the target for this stack alone
 * @stack: the stack, path set
 *
 * Context: process context, stack lock held.
 * Return: 0 or a negative errno, explained in the stack's error.
 */
int dumpflt_target_open(struct dumpflt_stack *stack)
{
	struct dumpflt_target *target = &stack->target;
	struct block_device *bdev;
	int ret;

	if (!stack->path) {
		dumpflt_fail(stack, NULL, -EINVAL,
			     "no target: write the path of a block device to 'target'");
		return -EINVAL;
	}
	bdev = dumpflt_compat_bdev_open(stack->path, stack, &target->handle);
	if (IS_ERR(bdev)) {
		ret = PTR_ERR(bdev);
		/* what opening a read-only device for writing gives */
		if (ret == -EACCES)
			ret = -EROFS;
		dumpflt_fail(stack, NULL, ret, "cannot open target %s%s",
			     stack->path, open_advice(ret));
		return ret;
	}
	ret = refuse_target(stack, bdev);
	if (ret) {
		dumpflt_compat_bdev_close(target->handle);
		return ret;
	}
	target->bdev = bdev;
	target->size = bdev_nr_bytes(bdev);
	return 0;
}

/**
 * dumpflt_target_close - release the target
 * @stack: the stack; nothing of it is in flight
 *
 * Context: process context, stack lock held.
 */
void dumpflt_target_close(struct dumpflt_stack *stack)
{
	dumpflt_compat_bdev_close(stack->target.handle);
	memset(&stack->target, 0, sizeof(stack->target));
}

/**
 * dumpflt_target_submit - send data to the target, or fetch it
 * @stack: the stack
 * @bio: not under way
 * @opf: REQ_OP_READ, or REQ_OP_WRITE with or without REQ_FUA or REQ_PREFLUSH
 * @data: where the data is; its offset does not count
 * @offset: bytes from the start of the target
 * @end_io: called, possibly from an interrupt, when the target has answered
 *
 * The bio and the segments stay where they are until then; nothing of ours is
 * allocated here (C44).
 *
 * Context: process context; may sleep for a free request of the target.
 */
void dumpflt_target_submit(struct dumpflt_stack *stack, struct bio *bio,
			   blk_opf_t opf, const struct dumpflt_io *data,
			   u64 offset, bio_end_io_t *end_io)
{
	bio_init(bio, stack->target.bdev, data->segs, data->nr_segs, opf);
	bio->bi_vcnt = data->nr_segs;
	bio->bi_iter.bi_size = data->len;
	bio->bi_iter.bi_sector = offset >> SECTOR_SHIFT;
	bio->bi_end_io = end_io;
	submit_bio(bio);
}
