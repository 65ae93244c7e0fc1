// SPDX-License-Identifier: GPL-2.0-only
/*
 * The allocation watch: does anybody allocate during a dump (C44)?
 *
 * With the module parameter alloc_watch=1, probes on the slab's tracepoints
 * look at every allocation of the tasks that run our code. One in a filter's
 * callback breaks the rules whoever made it on the filter's behalf. Outside
 * of callbacks only those count that were made by the core itself: what a
 * target's driver does when it is given a bio is its own affair.
 *
 * Pages that are taken straight from the page allocator are not seen: their
 * tracepoint is not exported to modules.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <trace/events/kmem.h>

#include "base/alloc_watch.h"
#include "compat.h"

static bool alloc_watch;
module_param(alloc_watch, bool, 0444);
MODULE_PARM_DESC(alloc_watch, "Count allocations during a dump, and fail it if a filter allocates (for tests)");

/* Writers hold watches_lock; the probes walk it under RCU */
static DEFINE_SPINLOCK(watches_lock);
static LIST_HEAD(watches);

static void look_at(unsigned long call_site)
{
	struct dumpflt_watch *watch;

	/* an interrupt on top of our task is not our task */
	if (!in_task())
		return;
	rcu_read_lock();
	list_for_each_entry_rcu(watch, &watches, link) {
		if (READ_ONCE(watch->task) != current)
			continue;
		if (READ_ONCE(watch->in_callback)) {
			watch->allocs++;
			atomic64_inc(watch->total);
		} else if (within_module(call_site, THIS_MODULE)) {
			atomic64_inc(watch->total);
		}
	}
	rcu_read_unlock();
}

static void probe_kmalloc(DUMPFLT_KMALLOC_ARGS)
{
	look_at(call_site);
}

static void probe_kmem_cache_alloc(DUMPFLT_KMEM_CACHE_ALLOC_ARGS)
{
	look_at(call_site);
}

/**
 * dumpflt_alloc_watch_init - hook up the probes, if they are wanted
 *
 * Context: process context.
 * Return: 0 or a negative errno.
 */
int dumpflt_alloc_watch_init(void)
{
	int ret;

	if (!alloc_watch)
		return 0;
	ret = register_trace_kmalloc(probe_kmalloc, NULL);
	if (ret)
		return ret;
	ret = register_trace_kmem_cache_alloc(probe_kmem_cache_alloc, NULL);
	if (ret) {
		unregister_trace_kmalloc(probe_kmalloc, NULL);
		tracepoint_synchronize_unregister();
	}
	return ret;
}

/**
 * dumpflt_alloc_watch_exit - undo dumpflt_alloc_watch_init()
 *
 * Context: process context; sleeps until no probe runs.
 */
void dumpflt_alloc_watch_exit(void)
{
	if (!alloc_watch)
		return;
	unregister_trace_kmem_cache_alloc(probe_kmem_cache_alloc, NULL);
	unregister_trace_kmalloc(probe_kmalloc, NULL);
	tracepoint_synchronize_unregister();
}

/**
 * dumpflt_watch_add - watch a place where our code runs
 * @watch: of a lane, or of a stack
 * @total: counter of what is seen there
 *
 * Context: process context.
 */
void dumpflt_watch_add(struct dumpflt_watch *watch, atomic64_t *total)
{
	watch->task = NULL;
	watch->in_call = false;
	watch->in_callback = false;
	watch->allocs = 0;
	watch->total = total;
	spin_lock(&watches_lock);
	list_add_tail_rcu(&watch->link, &watches);
	spin_unlock(&watches_lock);
}

/**
 * dumpflt_watch_del - stop watching it
 * @watch: from dumpflt_watch_add()
 *
 * Context: process context; sleeps until no probe looks at it.
 */
void dumpflt_watch_del(struct dumpflt_watch *watch)
{
	spin_lock(&watches_lock);
	list_del_rcu(&watch->link);
	spin_unlock(&watches_lock);
	synchronize_rcu();
}

/**
 * dumpflt_watch_begin - this task runs our code from here on
 * @watch: where
 *
 * Context: process context.
 */
void dumpflt_watch_begin(struct dumpflt_watch *watch)
{
	WRITE_ONCE(watch->task, current);
}

/**
 * dumpflt_watch_end - no longer
 * @watch: where
 *
 * Context: the same task as dumpflt_watch_begin().
 */
void dumpflt_watch_end(struct dumpflt_watch *watch)
{
	WRITE_ONCE(watch->task, NULL);
}
