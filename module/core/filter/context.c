// SPDX-License-Identifier: GPL-2.0-only
/*
 * The task that calls a filter: what it must be like when the filter comes back.
 *
 * A filter that forgot to switch something on again would bring the kernel down at
 * the next sleep, far from here, or let it wait for ever for a grace period.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "filter/filter.h"

/* What memalloc_..._save() switches on, and lets an allocation do or not do */
#define ALLOC_SCOPES	(PF_MEMALLOC | PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS)

/**
 * dumpflt_context_save - remember what the task is like before a call
 * @context: filled
 *
 * Context: process context.
 */
void dumpflt_context_save(struct dumpflt_context *context)
{
	context->preempt = preempt_count();
	context->irqs_off = irqs_disabled();
	context->rcu = rcu_preempt_depth();
	context->scopes = current->flags & ALLOC_SCOPES;
	context->pinned = dumpflt_compat_migration_disabled();
	context->locks = lockdep_depth(current);
}

/* Only where RCU counts apart from preemption is there anything to do */
static void put_back_rcu(int depth)
{
	while (rcu_preempt_depth() > depth) {
		/* sparse shall not ask for its partner, which is the filter's */
		__acquire(RCU);
		rcu_read_unlock();
	}
	while (rcu_preempt_depth() < depth) {
		rcu_read_lock();
		__release(RCU);
	}
}

/* Only where it is counted apart from preemption, too */
static void put_back_migration(unsigned int pinned)
{
	while (dumpflt_compat_migration_disabled() > pinned)
		migrate_enable();
	while (dumpflt_compat_migration_disabled() < pinned)
		migrate_disable();
}

/**
 * dumpflt_context_put_back - make the task what it was before the call
 * @context: from dumpflt_context_save(), by the same task
 *
 * Context: process context, or what a filter has made of it.
 * Return: %NULL, or words: which rule the filter has broken.
 */
const char *dumpflt_context_put_back(const struct dumpflt_context *context)
{
	unsigned int scopes = current->flags & ALLOC_SCOPES;
	const char *rule = NULL;

	/* first, as putting back the others may wait */
	if (dumpflt_compat_task_state() != TASK_RUNNING) {
		rule = "came back about to wait: set_current_state() without its end";
		__set_current_state(TASK_RUNNING);
	}
	if (preempt_count() != context->preempt) {
		rule = "came back with another preempt count: a spinlock held, or preemption off";
		preempt_count_set(context->preempt);
	}
	if (irqs_disabled() != context->irqs_off) {
		rule = "came back with interrupts off, or on";
		if (context->irqs_off)
			local_irq_disable();
		else
			local_irq_enable();
	}
	if (rcu_preempt_depth() != context->rcu) {
		rule = "came back inside of rcu_read_lock(), or has left the core's";
		put_back_rcu(context->rcu);
	}
	if (dumpflt_compat_migration_disabled() != context->pinned) {
		rule = "came back bound to its CPU by migrate_disable(), or has undone the core's";
		put_back_migration(context->pinned);
	}
	if (scopes != context->scopes) {
		rule = "came back with a memalloc scope that it began, or without the core's";
		current->flags = (current->flags & ~ALLOC_SCOPES) |
				 context->scopes;
	}
	/* whose they are is not known, so they stay */
	if (!rule && lockdep_depth(current) != context->locks)
		rule = "came back with a lock held, or released one of the core's";
	return rule;
}
