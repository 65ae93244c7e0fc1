/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work that is waited for until a deadline, and left to itself then.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_BOUNDED_H
#define _DUMPFLT_BOUNDED_H

#include <linux/completion.h>
#include <linux/workqueue.h>

/**
 * struct dumpflt_bounded - something that may take for ever
 * @run: does it, in a worker
 * @left: nobody waits any more: undo what @run did, and free everything
 * @work: runs it
 * @done: completes when @run has returned
 * @state: who has the last word, the waiter or the worker
 *
 * Part of a larger structure, allocated for this, which belongs to the waiter
 * again only if dumpflt_bounded_run() says so.
 */
struct dumpflt_bounded {
	void (*run)(struct dumpflt_bounded *bounded);
	void (*left)(struct dumpflt_bounded *bounded);
	struct work_struct	work;
	struct completion	done;
	atomic_t		state;
};

extern struct workqueue_struct *dumpflt_wq;

int dumpflt_bounded_run(struct dumpflt_bounded *bounded, unsigned int ms);
int dumpflt_bounded_init(void);
void dumpflt_bounded_exit(void);

#endif /* _DUMPFLT_BOUNDED_H */
