// SPDX-License-Identifier: GPL-2.0-only
/*
 * No reboot with a session open (rule F8): it is ended as interrupted first.
 *
 * Covers reboot(2), kexec and power off. An emergency restart (sysrq b) asks
 * nobody; such a dump simply never became complete.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/reboot.h>

#include "base/types.h"
#include "reboot.h"
#include "session.h"
#include "stack.h"

/*
 * Whoever holds the lock may be in finish already, which takes up to eight
 * deadlines in an area (writeback, drain, rest, trailer, records, flush, receipt
 * and its flush); after that the reboot is more important.
 */
static bool lock_in_time(struct dumpflt_stack *stack)
{
	unsigned long deadline = jiffies +
		8 * msecs_to_jiffies(READ_ONCE(stack->timeout_ms)) + HZ;

	while (!mutex_trylock(&stack->lock)) {
		if (time_after(jiffies, deadline))
			return false;
		msleep(20);
	}
	return true;
}

static int end_sessions(struct notifier_block *nb, unsigned long action,
			void *data)
{
	struct dumpflt_stack *stack;

	mutex_lock(&dumpflt_stacks_lock);
	list_for_each_entry(stack, &dumpflt_stacks, link) {
		if (!lock_in_time(stack)) {
			pr_err("%s: busy for too long, rebooting without an end of its session\n",
			       stack->name);
			continue;
		}
		if (dumpflt_session_is_open(stack))
			dumpflt_session_end(stack, DUMPFLT_END_INTERRUPT,
					    DUMPFLT_ALL_WRITTEN);
		mutex_unlock(&stack->lock);
	}
	mutex_unlock(&dumpflt_stacks_lock);
	return NOTIFY_DONE;
}

/* First of all, while every driver still works */
static struct notifier_block reboot_notifier = {
	.notifier_call = end_sessions,
	.priority = INT_MAX,
};

/**
 * dumpflt_reboot_init - begin to watch for reboots
 *
 * Context: process context.
 * Return: 0 or a negative errno.
 */
int dumpflt_reboot_init(void)
{
	return register_reboot_notifier(&reboot_notifier);
}

/**
 * dumpflt_reboot_exit - stop watching
 *
 * Context: process context.
 */
void dumpflt_reboot_exit(void)
{
	unregister_reboot_notifier(&reboot_notifier);
}
