// SPDX-License-Identifier: GPL-2.0-only
/*
 * No reboot with a session open (rule F8): it is ended as interrupted first.
 *
 * Covers reboot(2), kexec and power off. An emergency restart (sysrq b) asks
 * nobody; such a dump simply never became complete.
 *
 * Only who has a session is waited for, and all of them at once: a stack that is
 * just going live on a silent target has nothing to lose. What is not over after
 * the deadline is left, as the reboot is more important then.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/reboot.h>

#include "base/bounded.h"
#include "base/types.h"
#include "reboot.h"
#include "session.h"
#include "stack.h"

static int end_sessions(struct notifier_block *nb, unsigned long action,
			void *data)
{
	struct dumpflt_stack *stack;
	unsigned long deadline;
	unsigned int ms = 0;

	mutex_lock(&dumpflt_stacks_lock);
	dumpflt_session_forbid();
	list_for_each_entry(stack, &dumpflt_stacks, link) {
		if (!dumpflt_session_is_coming_or_open(stack))
			continue;
		ms = max(ms, min(READ_ONCE(stack->timeout_ms),
				 DUMPFLT_INTERRUPT_MS));
		/* its session may have ended, and its folder gone, since we looked */
		if (!config_item_get_unless_zero(&stack->group.cg_item))
			continue;
		if (!queue_work(dumpflt_wq, &stack->going_down))
			config_item_put(&stack->group.cg_item);
	}
	deadline = jiffies + DUMPFLT_INTERRUPT_WAITS * msecs_to_jiffies(ms) + HZ;
	list_for_each_entry(stack, &dumpflt_stacks, link) {
		long left = deadline - jiffies;

		if (work_busy(&stack->going_down) &&
		    !wait_for_completion_timeout(&stack->gone_down,
						 max(left, 1L)))
			pr_err("%s: busy for too long, rebooting without an end of its session\n",
			       stack->name);
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
