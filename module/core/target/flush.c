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
	stack->flush_err = err;
	if (err)
		dumpflt_fail(stack, NULL, err,
			     "flush of the target's cache failed");
	return err;
}
