// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stacks that go live when the machine begins to hibernate, and are taken down
 * when it runs again (C18): hibernation stacks with "auto".
 *
 * Both ends are seen in each kernel that takes part. One that hibernates has
 * PREPARE, and POST if it gives up; the one in the image, which had that PREPARE,
 * has POST after the resume; one that reads the image has RESTORE_PREPARE, and
 * POST if the restore fails. No session may be open in the image, so that the
 * two POSTs ask for the same: end what is open, unload.
 *
 * A session that is complete at POST has written an image, and then the machine did
 * not go down, nor did its writer make the image invalid, as it was killed. Other tasks
 * run by now: the image would bring back a memory that knows nothing of what they write.
 *
 * All of this runs while every task does, but the first POST may come in the
 * close() of who still has our device open. So that is left to a worker, whose first
 * try is waited for.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>

#include "base/bounded.h"
#include "block/block.h"
#include "control/control.h"
#include "hibernation.h"
#include "session.h"
#include "stack.h"

/* How often it is tried to take a stack down whose device is open, and each when */
#define TRIES		1200U
#define TRY_AGAIN	(HZ / 2)

static void take_down_all(struct work_struct *work);
static DECLARE_DELAYED_WORK(taking_down, take_down_all);
static atomic_t tries_left;

/*
 * The stacks with "auto", each with a reference, for drop(), and those that are left
 * over. What is seen here without a lock is looked at again with it.
 */
static void collect(struct list_head *stacks)
{
	struct dumpflt_stack *stack;

	mutex_lock(&dumpflt_stacks_lock);
	list_for_each_entry(stack, &dumpflt_stacks, link)
		if ((READ_ONCE(stack->auto_live) ||
		     READ_ONCE(stack->by_hibernation)) &&
		    config_item_get_unless_zero(&stack->group.cg_item))
			list_add_tail(&stack->hibernation_link, stacks);
	mutex_unlock(&dumpflt_stacks_lock);
}

static void drop(struct list_head *stacks)
{
	struct dumpflt_stack *stack, *next;

	list_for_each_entry_safe(stack, next, stacks, hibernation_link) {
		list_del(&stack->hibernation_link);
		config_item_put(&stack->group.cg_item);
	}
}

/* Ends its session, and unloads it unless somebody has its device open */
static int take_down(struct dumpflt_stack *stack)
{
	bool is_open;
	int ret;

	if (!READ_ONCE(stack->by_hibernation))
		return 0;
	if (mutex_lock_killable(&stack->lock))
		return -EINTR;
	WRITE_ONCE(stack->left_over, stack->by_hibernation);
	if (dumpflt_session_is_open(stack))
		dumpflt_session_end(stack, DUMPFLT_END_INTERRUPT,
				    DUMPFLT_ALL_WRITTEN);
	ret = dumpflt_session_drop(stack);
	is_open = dumpflt_stack_is_live(stack) && dumpflt_disk_is_open(stack);
	mutex_unlock(&stack->lock);
	/* it stays, so that no other hibernation begins, and this is tried once more then */
	if (ret)
		return ret;
	/* the last try says why it does not work */
	if (is_open && atomic_read(&tries_left))
		return -EBUSY;
	return dumpflt_live_end(stack);
}

/* %false if one is left */
static bool take_down_each(void)
{
	struct dumpflt_stack *stack;
	bool all = true;
	LIST_HEAD(stacks);

	collect(&stacks);
	list_for_each_entry(stack, &stacks, hibernation_link)
		if (take_down(stack))
			all = false;
	drop(&stacks);
	return all;
}

static void take_down_all(struct work_struct *work)
{
	if (!take_down_each() && atomic_add_unless(&tries_left, -1, 0))
		queue_delayed_work(dumpflt_wq, &taking_down, TRY_AGAIN);
}

static void begin_to_take_down(void)
{
	atomic_set(&tries_left, TRIES);
	mod_delayed_work(dumpflt_wq, &taking_down, 0);
}

static int prepare(unsigned long action)
{
	struct dumpflt_stack *stack;
	unsigned int tries;
	LIST_HEAD(stacks);
	int ret = 0;

	/* it may not have begun; and who looks at each disk has one open for a moment */
	cancel_delayed_work_sync(&taking_down);
	for (tries = 0; tries < 10 && !take_down_each(); tries++)
		msleep(50);
	collect(&stacks);
	list_for_each_entry(stack, &stacks, hibernation_link) {
		ret = dumpflt_live_begin_auto(stack, &dumpflt_subsys, action ==
					      PM_HIBERNATION_PREPARE);
		if (ret) {
			pr_err("%s: no hibernation with this stack: %pe\n",
			       stack->name, ERR_PTR(ret));
			break;
		}
	}
	drop(&stacks);
	/* who refuses is not told that it is over */
	if (ret)
		begin_to_take_down();
	return ret;
}

static int transition(struct notifier_block *nb, unsigned long action,
		      void *data)
{
	switch (action) {
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		return notifier_from_errno(prepare(action));
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		begin_to_take_down();
		/* what is open is looked at later, an image that must go is gone */
		flush_delayed_work(&taking_down);
		return NOTIFY_OK;
	default:
		return NOTIFY_DONE;
	}
}

static struct notifier_block pm_notifier = {
	.notifier_call = transition,
};

/**
 * dumpflt_hibernation_init - begin to watch for hibernations
 *
 * Context: process context.
 * Return: 0 or a negative errno.
 */
int dumpflt_hibernation_init(void)
{
	return register_pm_notifier(&pm_notifier);
}

/**
 * dumpflt_hibernation_exit - stop watching
 *
 * Context: process context; no stack is left.
 */
void dumpflt_hibernation_exit(void)
{
	unregister_pm_notifier(&pm_notifier);
	cancel_delayed_work_sync(&taking_down);
}
