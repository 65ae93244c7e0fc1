// SPDX-License-Identifier: GPL-2.0-only
/*
 * The flush of the target's cache.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/ktime.h>

#include "base/trace.h"
#include "target/target.h"

/**
 * dumpflt_flush_judge - find out how what is written becomes durable
 * @stack: the stack, target open
 *
 * The block layer answers a flush itself where the driver says that there is no
 * cache that could be flushed: then it is his word that the dump is durable. He may
 * change his mind while the stack is live (a path that fails over, a table that is
 * loaded anew, a write to "write_cache").
 *
 * Context: process context.
 * Return: 0; -EOPNOTSUPP if the configuration asks for a flush, and there is none.
 */
int dumpflt_flush_judge(struct dumpflt_stack *stack)
{
	stack->durability = dumpflt_compat_bdev_write_cache(stack->target.bdev) ?
				    DUMPFLT_DURABLE_FLUSH :
				    DUMPFLT_DURABLE_WRITE_THROUGH;
	if (stack->durability == DUMPFLT_DURABLE_FLUSH ||
	    !stack->require_flush)
		return 0;
	dumpflt_fail(stack, NULL, -EOPNOTSUPP,
		     "target %s takes no flush: its driver says that it has no cache (write through); with nbd the server has to offer SEND_FLUSH; or write 0 to 'require_flush'",
		     stack->path);
	return -EOPNOTSUPP;
}

/**
 * dumpflt_flush_target - F4: flush the target's cache and read the answer
 * @stack: the stack; all writes have completed
 *
 * An error fails the session. Also issued if it has failed already: what is
 * on the disk of a failed dump may still be of use.
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms.
 * Return: 0 or a negative errno.
 */
int dumpflt_flush_target(struct dumpflt_stack *stack)
{
	u64 ns = ktime_get_ns();
	int err;

	err = dumpflt_sync_io(stack, &stack->sync,
			      REQ_OP_WRITE | REQ_SYNC | REQ_PREFLUSH, NULL, 0,
			      0);
	trace_dumpflt_flush(stack->name, stack->target.bdev->bd_dev, err,
			    ktime_get_ns() - ns);
	/* was it one? Before and behind it the target must say so */
	if (!err && stack->durability == DUMPFLT_DURABLE_FLUSH)
		err = dumpflt_flush_judge(stack);
	stack->flush_err = err;
	if (err)
		dumpflt_fail(stack, NULL, err,
			     "flush of the target's cache failed");
	return err;
}
