// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work that is waited for until a deadline, and left to itself then.
 *
 * Opening a block device, reading from it and closing it take as long as its
 * driver likes, in a sleep that no signal ends. So a worker does that, which holds
 * no lock. Whoever waits for it can give up: what the worker works on is not the
 * waiter's any more then, but the worker's, who undoes it all when it gets on.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/module.h>

#include "base/bounded.h"

/* Each may be held up by a silent target, and must not hold up others */
#define MAX_ACTIVE	512

enum {
	RUNNING,
	RAN,
	LEFT,
};

/*
 * For what a silent target may hold up, and is waited for until a deadline: claiming it,
 * page caches, what a reboot ends. When memory for workers is short one of them does all of
 * it, for all stacks. That does not hold up a dump that has begun and is written with
 * O_DIRECT: its bios have queues of its stack's own. Not freezable: suspend to disk
 * writes when everything else sleeps.
 */
struct workqueue_struct *dumpflt_wq;

static void work_bounded(struct work_struct *work)
{
	struct dumpflt_bounded *bounded =
		container_of(work, struct dumpflt_bounded, work);

	bounded->run(bounded);
	if (atomic_cmpxchg(&bounded->state, RUNNING, RAN) == RUNNING)
		complete(&bounded->done);
	else
		bounded->left(bounded);
	/* our own code still runs: dumpflt_bounded_exit() waits for the worker */
	module_put(THIS_MODULE);
}

/**
 * dumpflt_bounded_run - let a worker do it, and wait
 * @bounded: @run and @left are set
 * @ms: how long at most
 *
 * Context: process context; sleeps.
 * Return: 0: it has been done, and everything is the caller's; -ETIMEDOUT: it
 * has not, and @bounded and what belongs to it must not be touched any more;
 * -EINTR: the same, as the caller is being killed.
 */
int dumpflt_bounded_run(struct dumpflt_bounded *bounded, unsigned int ms)
{
	long left;

	init_completion(&bounded->done);
	atomic_set(&bounded->state, RUNNING);
	INIT_WORK(&bounded->work, work_bounded);
	__module_get(THIS_MODULE);
	queue_work(dumpflt_wq, &bounded->work);
	left = wait_for_completion_killable_timeout(&bounded->done,
						    msecs_to_jiffies(ms));
	if (left > 0)
		return 0;
	if (atomic_cmpxchg(&bounded->state, RUNNING, LEFT) == RUNNING)
		return left ? -EINTR : -ETIMEDOUT;
	/* it came to its end just now */
	wait_for_completion(&bounded->done);
	return 0;
}

/**
 * dumpflt_bounded_init - make the workers
 *
 * Context: process context.
 * Return: 0 or -ENOMEM.
 */
int dumpflt_bounded_init(void)
{
	dumpflt_wq = alloc_workqueue("dumpflt",
				     WQ_MEM_RECLAIM | WQ_UNBOUND | WQ_HIGHPRI,
				     MAX_ACTIVE);
	return dumpflt_wq ? 0 : -ENOMEM;
}

/**
 * dumpflt_bounded_exit - undo dumpflt_bounded_init()
 *
 * Context: process context; nothing is queued any more.
 */
void dumpflt_bounded_exit(void)
{
	destroy_workqueue(dumpflt_wq);
}
