/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where our code runs, for the allocation watch.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_ALLOC_WATCH_H
#define _DUMPFLT_ALLOC_WATCH_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>

struct task_struct;

/**
 * struct dumpflt_watch - a task whose allocations are of interest
 * @link: in the list that the probes walk
 * @task: who; NULL while nothing of ours runs there
 * @in_call: a filter's write or read is called, and judged
 * @in_callback: a filter's callback runs
 * @allocs: seen during the present callback
 * @total: counter of all that count
 */
struct dumpflt_watch {
	struct list_head	link;
	struct task_struct	*task;
	bool			in_call;
	bool			in_callback;
	unsigned int		allocs;
	atomic64_t		*total;
};

int dumpflt_alloc_watch_init(void);
void dumpflt_alloc_watch_exit(void);
void dumpflt_watch_add(struct dumpflt_watch *watch, atomic64_t *total);
void dumpflt_watch_del(struct dumpflt_watch *watch);
void dumpflt_watch_begin(struct dumpflt_watch *watch);
void dumpflt_watch_end(struct dumpflt_watch *watch);

#endif /* _DUMPFLT_ALLOC_WATCH_H */
