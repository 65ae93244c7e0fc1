// SPDX-License-Identifier: GPL-2.0-only
/*
 * The block device below: claimed, read, written. The only file that submits
 * the data of a dump to it; for what the core itself has to say there is sync.c.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/slab.h>

#include "base/bounded.h"
#include "base/silence.h"
#include "target/target.h"

/*
 * Do the driver's own threads, or the process that serves it, stand still while
 * the machine hibernates? What lies below dm or md cannot be seen from here.
 */
static bool is_frozen_by_hibernation(struct block_device *bdev)
{
	static const char * const names[] = {
		"loop", "zloop", "pktcdvd", "nbd", "ublkb",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (str_has_prefix(bdev->bd_disk->disk_name, names[i]))
			return true;
	return false;
}

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
	    dumpflt_compat_bdev_size(bdev) < PAGE_SIZE) {
		dumpflt_fail(stack, NULL, -EINVAL,
			     "target %s has %u-byte blocks and %llu bytes: blocks of at most a page and room for a page are needed",
			     path, bdev_logical_block_size(bdev),
			     (u64)dumpflt_compat_bdev_size(bdev));
		return -EINVAL;
	}
	if (stack->type == DUMPFLT_TYPE_HIBERNATION &&
	    is_frozen_by_hibernation(bdev)) {
		dumpflt_fail(stack, NULL, -EOPNOTSUPP,
			     "target %s stands still while the machine hibernates: choose a disk or a partition of one",
			     path);
		return -EOPNOTSUPP;
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
 * struct dumpflt_claim - the opened target, and what a worker does with it
 * @bounded: opens, reads or closes it
 * @bdev: the block device, once it is open
 * @handle: what opening gave, see compat
 * @err: what became of it, negative errno
 * @bio: reads
 * @vec: its segment
 * @data: where to, @claim's own
 * @len: bytes of @data
 * @dev: to be opened
 *
 * Who holds the claim on the device, too: nothing else has this address for as
 * long as it is open.
 */
struct dumpflt_claim {
	struct dumpflt_bounded	bounded;
	struct block_device	*bdev;
	void			*handle;
	int			err;
	struct bio		bio;
	struct bio_vec		vec;
	void			*data;
	u32			len;
	dev_t			dev;
};

static struct dumpflt_claim *to_claim(struct dumpflt_bounded *bounded)
{
	return container_of(bounded, struct dumpflt_claim, bounded);
}

static void open_claim(struct dumpflt_bounded *bounded)
{
	struct dumpflt_claim *claim = to_claim(bounded);
	struct block_device *bdev;

	bdev = dumpflt_compat_bdev_open(claim->dev, claim, &claim->handle);
	claim->err = PTR_ERR_OR_ZERO(bdev);
	if (claim->err)
		return;
	claim->bdev = bdev;
	dumpflt_target_empty_cache(bdev);
}

static void read_claim(struct dumpflt_bounded *bounded)
{
	struct dumpflt_claim *claim = to_claim(bounded);

	claim->err = submit_bio_wait(&claim->bio);
	bio_uninit(&claim->bio);
}

static void close_claim(struct dumpflt_bounded *bounded)
{
	struct dumpflt_claim *claim = to_claim(bounded);

	if (claim->bdev)
		dumpflt_compat_bdev_close(claim->handle);
	claim->bdev = NULL;
}

/* Nobody waits any more, whatever it was that has been done */
static void drop_claim(struct dumpflt_bounded *bounded)
{
	close_claim(bounded);
	kfree(to_claim(bounded)->data);
	kfree(to_claim(bounded));
}

/* On an error the claim is not ours any more */
static int use_claim(struct dumpflt_stack *stack, struct dumpflt_claim *claim,
		     void (*run)(struct dumpflt_bounded *bounded), unsigned int ms)
{
	int ret;

	claim->bounded.run = run;
	claim->bounded.left = drop_claim;
	ret = dumpflt_bounded_run(&claim->bounded, ms);
	if (ret)
		memset(&stack->target, 0, sizeof(stack->target));
	if (ret == -ETIMEDOUT && ms < stack->timeout_ms)
		dumpflt_fail(stack, NULL, ret,
			     "target %s has not answered for %u ms, at the end of the time for all that is read to go live: it stays claimed until it does",
			     stack->path, ms);
	else if (ret == -ETIMEDOUT)
		dumpflt_fail(stack, NULL, ret,
			     "target %s has not answered for %u ms: it stays claimed until it does",
			     stack->path, ms);
	return ret;
}

static int refuse_open(struct dumpflt_stack *stack, int err)
{
	/* what opening a read-only device for writing gives */
	if (err == -EACCES)
		err = -EROFS;
	dumpflt_fail(stack, NULL, err, "cannot open target %s%s", stack->path,
		     open_advice(err));
	return err;
}

/**
 * dumpflt_target_open - claim the target for this stack alone
 * @stack: the stack, path set
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms.
 * Return: 0 or a negative errno, explained in the stack's error.
 */
int dumpflt_target_open(struct dumpflt_stack *stack)
{
	struct dumpflt_target *target = &stack->target;
	struct dumpflt_claim *claim;
	dev_t dev;
	int ret;

	if (!stack->path) {
		dumpflt_fail(stack, NULL, -EINVAL,
			     "no target: write the path of a block device to 'target'");
		return -EINVAL;
	}
	/* here, as a worker may see other folders than who configures the stack */
	ret = dumpflt_compat_bdev_lookup(stack->path, &dev);
	if (ret)
		return refuse_open(stack, ret);
	claim = kzalloc(sizeof(*claim), GFP_KERNEL);
	if (!claim)
		return -ENOMEM;
	claim->dev = dev;
	ret = use_claim(stack, claim, open_claim,
			dumpflt_silence_patience(stack));
	if (ret)
		return ret;
	if (claim->err) {
		ret = refuse_open(stack, claim->err);
		kfree(claim);
		return ret;
	}
	target->claim = claim;
	target->bdev = claim->bdev;
	target->size = dumpflt_compat_bdev_size(claim->bdev);
	ret = bdev_read_only(claim->bdev) ? refuse_open(stack, -EROFS) :
					    refuse_target(stack, claim->bdev);
	if (!ret)
		ret = dumpflt_flush_judge(stack);
	if (ret)
		dumpflt_target_close(stack);
	return ret;
}

/**
 * dumpflt_target_close - release the target
 * @stack: the stack; nothing of it is in flight
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms. A target
 * that takes longer is released when it answers.
 */
void dumpflt_target_close(struct dumpflt_stack *stack)
{
	struct dumpflt_claim *claim = stack->target.claim;

	if (claim && !use_claim(stack, claim, close_claim, stack->timeout_ms))
		kfree(claim);
	memset(&stack->target, 0, sizeof(stack->target));
}

/**
 * dumpflt_target_read - read something before the stack is live
 * @stack: the stack, target open
 * @data: where to
 * @len: bytes, whole blocks
 * @offset: bytes from the start of the target
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms; allocates.
 * Return: 0; the target's errno; -ENOMEM; -ETIMEDOUT or -EINTR: then the target is
 * open no more, and the stack cannot go live.
 */
int dumpflt_target_read(struct dumpflt_stack *stack, void *data, u32 len,
			u64 offset)
{
	struct dumpflt_claim *claim = stack->target.claim;
	int ret;

	claim->data = kmalloc(len, GFP_KERNEL);
	if (!claim->data)
		return -ENOMEM;
	dumpflt_compat_bio_init(&claim->bio, claim->bdev, &claim->vec, 1,
				REQ_OP_READ);
	dumpflt_compat_bvec_set(&claim->vec, virt_to_page(claim->data), len,
				offset_in_page(claim->data));
	claim->bio.bi_vcnt = 1;
	claim->bio.bi_iter.bi_size = len;
	claim->bio.bi_iter.bi_sector = offset >> SECTOR_SHIFT;
	ret = use_claim(stack, claim, read_claim,
			dumpflt_silence_patience(stack));
	if (ret)
		return ret;
	ret = claim->err;
	if (!ret)
		memcpy(data, claim->data, len);
	kfree(claim->data);
	claim->data = NULL;
	return ret;
}

/**
 * dumpflt_target_submit - send data to the target, or fetch it
 * @stack: its target is open
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
			   dumpflt_compat_opf opf, const struct dumpflt_io *data,
			   u64 offset, bio_end_io_t *end_io)
{
	/* const for the filters; a bio that is not split leaves them as they are, too */
	dumpflt_compat_bio_init(bio, stack->target.bdev,
				(struct bio_vec *)data->segs, data->nr_segs,
				opf);
	bio->bi_vcnt = data->nr_segs;
	bio->bi_iter.bi_size = data->len;
	bio->bi_iter.bi_sector = offset >> SECTOR_SHIFT;
	bio->bi_end_io = end_io;
	submit_bio(bio);
}
