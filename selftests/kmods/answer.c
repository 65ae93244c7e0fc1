// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disk answers the next flush with a status that the disks of the tests do not give,
 * and real ones do.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/kdev_t.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static unsigned int major, minor;
module_param(major, uint, 0444);
module_param(minor, uint, 0444);
MODULE_PARM_DESC(major, "the disk's");
MODULE_PARM_DESC(minor, "the disk's");

static int status;
module_param(status, int, 0644);
MODULE_PARM_DESC(status, "a blk_status_t, 0 afterwards");

static int give_status(struct kprobe *probe, struct pt_regs *regs)
{
	struct bio *bio = (struct bio *)regs_get_kernel_argument(regs, 0);

	/* what has no disk is no flush, and whose disk it is has one name before 5.12, too */
	if (bio->bi_opf & REQ_PREFLUSH && bio_dev(bio) == MKDEV(major, minor) &&
	    READ_ONCE(status))
		bio->bi_status = (__force blk_status_t)xchg(&status, 0);
	return 0;
}

static struct kprobe probe = {
	.symbol_name	= "bio_endio",
	.pre_handler	= give_status,
};

static int __init answer_init(void)
{
	return register_kprobe(&probe);
}

static void __exit answer_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(answer_init);
module_exit(answer_exit);
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("test: a flush is answered with a status of choice");
