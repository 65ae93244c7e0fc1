// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does anybody allocate during a dump (C44)?
 *
 * Looks at the slab's tracepoints, and at the core's own: an allocation by a task that
 * is in a filter's callback is the filter's, whoever made it on its behalf. Outside of
 * callbacks only those count that the core makes between the first start and the end of
 * the session: what a target's driver does when it is given a bio is its own affair.
 *
 * Pages that are taken straight from the page allocator are not seen: their tracepoint
 * is not exported to modules.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/atomic.h>
#include <linux/dumpflt.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <trace/events/kmem.h>

#include "module/core/base/trace.h"
#include "module/compat/kmem.h"

/* Tasks that are in a callback at the same time */
#define PLACES	64

static struct place {
	struct task_struct	*task;
	const char		*filter;
	const char		*callback;
} places[PLACES];

static atomic_t by_filters = ATOMIC_INIT(0);
static atomic_t by_core = ATOMIC_INIT(0);
static atomic_t sessions = ATOMIC_INIT(0);
/* Callbacks for which there was no place: nothing is known of them */
static atomic_t lost = ATOMIC_INIT(0);
static char last[64];

/* As /proc/modules has it: what a module may ask about another one differs by kernel */
static unsigned long core_start;
module_param(core_start, ulong, 0400);
MODULE_PARM_DESC(core_start, "where the core's text is");

static unsigned long core_size;
module_param(core_size, ulong, 0400);
MODULE_PARM_DESC(core_size, "how much of it");

static int get_atomic(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%d\n", atomic_read(param->arg));
}

/* Whatever is written: counting begins anew */
static int set_atomic(const char *value, const struct kernel_param *param)
{
	atomic_set(param->arg, 0);
	return 0;
}

static const struct kernel_param_ops atomic_ops = {
	.get = get_atomic,
	.set = set_atomic,
};

module_param_cb(filters, &atomic_ops, &by_filters, 0644);
MODULE_PARM_DESC(filters, "allocations in callbacks of filters");
module_param_cb(core, &atomic_ops, &by_core, 0644);
MODULE_PARM_DESC(core, "allocations of the core during sessions");
module_param_cb(lost, &atomic_ops, &lost, 0644);
MODULE_PARM_DESC(lost, "callbacks that could not be watched");
module_param_string(last, last, sizeof(last), 0444);
MODULE_PARM_DESC(last, "filter and callback of the last allocation in one");

static struct place *place_of(const struct task_struct *task)
{
	unsigned int i;

	for (i = 0; i < PLACES; i++)
		if (READ_ONCE(places[i].task) == task)
			return &places[i];
	return NULL;
}

static void look_at(unsigned long call_site)
{
	const struct place *place;

	/* an interrupt on top of our task is not our task */
	if (!in_task())
		return;
	place = place_of(current);
	if (place) {
		atomic_inc(&by_filters);
		snprintf(last, sizeof(last), "%s %s", place->filter,
			 place->callback);
	} else if (atomic_read(&sessions) && call_site >= core_start &&
		   call_site - core_start < core_size) {
		atomic_inc(&by_core);
	}
}

static void probe_kmalloc(DUMPFLT_KMALLOC_ARGS)
{
	look_at(call_site);
}

static void probe_kmem_cache_alloc(DUMPFLT_KMEM_CACHE_ALLOC_ARGS)
{
	look_at(call_site);
}

static void probe_node(DUMPFLT_KMALLOC_NODE_ARGS)
{
	look_at(call_site);
}

static void probe_enter(void *data, const char *stack, const char *filter,
			const char *callback)
{
	struct place *place = NULL;
	unsigned int i;

	for (i = 0; i < PLACES && !place; i++)
		if (!cmpxchg(&places[i].task, NULL, current))
			place = &places[i];
	if (!place) {
		atomic_inc(&lost);
		return;
	}
	place->filter = filter;
	place->callback = callback;
}

static void probe_leave(void *data, const char *stack, const char *filter,
			const char *callback, u64 offset, u32 len, int ret,
			u64 ns)
{
	struct place *place = place_of(current);

	/* unload is not entered: it may allocate */
	if (place)
		WRITE_ONCE(place->task, NULL);
}

/* Said when the session has begun, and when it has ended, well or not */
static void probe_session(void *data, const char *stack, const char *what,
			  int ret)
{
	if (strcmp(what, "start") && strcmp(what, "read"))
		atomic_dec_if_positive(&sessions);
	else if (!ret)
		atomic_inc(&sessions);
}

static int __init allocwatch_init(void)
{
	int ret;

	if (!core_start || !core_size)
		return -EINVAL;
	ret = register_trace_dumpflt_filter_enter(probe_enter, NULL);
	if (ret)
		return ret;
	ret = register_trace_dumpflt_filter_call(probe_leave, NULL);
	if (ret)
		goto out_enter;
	ret = register_trace_dumpflt_session(probe_session, NULL);
	if (ret)
		goto out_leave;
	ret = register_trace_kmalloc(probe_kmalloc, NULL);
	if (ret)
		goto out_session;
	ret = register_trace_kmem_cache_alloc(probe_kmem_cache_alloc, NULL);
	if (ret)
		goto out_kmalloc;
	ret = dumpflt_compat_probe_nodes(probe_node);
	if (!ret)
		return 0;

	unregister_trace_kmem_cache_alloc(probe_kmem_cache_alloc, NULL);
out_kmalloc:
	unregister_trace_kmalloc(probe_kmalloc, NULL);
out_session:
	unregister_trace_dumpflt_session(probe_session, NULL);
out_leave:
	unregister_trace_dumpflt_filter_call(probe_leave, NULL);
out_enter:
	unregister_trace_dumpflt_filter_enter(probe_enter, NULL);
	tracepoint_synchronize_unregister();
	return ret;
}

static void __exit allocwatch_exit(void)
{
	dumpflt_compat_unprobe_nodes(probe_node);
	unregister_trace_kmem_cache_alloc(probe_kmem_cache_alloc, NULL);
	unregister_trace_kmalloc(probe_kmalloc, NULL);
	unregister_trace_dumpflt_session(probe_session, NULL);
	unregister_trace_dumpflt_filter_call(probe_leave, NULL);
	unregister_trace_dumpflt_filter_enter(probe_enter, NULL);
	tracepoint_synchronize_unregister();
}

module_init(allocwatch_init);
module_exit(allocwatch_exit);
DUMPFLT_IMPORT_NS;
MODULE_LICENSE("GPL");
MODULE_AUTHOR("the dumpflt authors");
MODULE_DESCRIPTION("test: allocations during a dump");
