// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing to <stack>/live: while a stack is live its folders cannot be removed,
 * and it is shown in sysfs.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/configfs.h>

#include "base/options.h"
#include "control/control.h"
#include "session.h"
#include "stack.h"

/* Lets the folders of the first @nr filters be removed again, and the stack's */
static void release_folders(struct dumpflt_stack *stack, unsigned int nr)
{
	struct dumpflt_entry *entry;

	list_for_each_entry(entry, &stack->entries, link) {
		if (!nr--)
			break;
		configfs_undepend_item(&entry->item);
	}
	configfs_undepend_item(&stack->group.cg_item);
}

/*
 * The folders of a live stack cannot be removed: whoever does so would not
 * learn why its teardown failed, and a filter would be at work that nobody
 * sees. This runs inside an attribute of the stack's folder, which keeps that
 * folder there; one of a filter that is just being removed is an error.
 *
 * configfs takes an entry out of its tree before it tells us (drop_item), both
 * under su_mutex: only there is each entry of ours one of configfs's, too.
 */
static int hold_folders(struct dumpflt_stack *stack)
{
	struct configfs_subsystem *subsys = stack->group.cg_subsys;
	struct dumpflt_entry *entry;
	unsigned int nr = 0;
	int ret;

	lockdep_assert_held(&subsys->su_mutex);
	lockdep_assert_held(&stack->lock);

	ret = configfs_depend_item_unlocked(subsys, &stack->group.cg_item);
	if (ret)
		return ret;
	list_for_each_entry(entry, &stack->entries, link) {
		ret = configfs_depend_item_unlocked(subsys, &entry->item);
		if (ret) {
			release_folders(stack, nr);
			return ret;
		}
		nr++;
	}
	return 0;
}

/* Makes the stack live, and shows it */
static int load_and_show(struct dumpflt_stack *stack)
{
	int ret;

	ret = dumpflt_stack_load(stack);
	if (ret)
		return ret;
	ret = dumpflt_sysfs_add(stack);
	if (ret) {
		dumpflt_fail(stack, NULL, ret,
			     "cannot make the stack device");
		dumpflt_stack_unload(stack);
	}
	return ret;
}

/**
 * dumpflt_configure_begin - lock a stack in order to change its configuration
 * @stack: in any state; not locked by the caller, who may hold su_mutex
 *
 * All of configfs waits for who holds su_mutex (mkdir, rmdir, going live), so he
 * must not wait for a stack that is at work, which can take as long as its target
 * does. With su_mutex held nobody can begin to load; without, it may happen
 * behind the first look, and then the wait can at least be ended by a signal.
 *
 * Context: process context; sleeps.
 * Return: 0 with the stack's lock held; -EBUSY if it is live or becomes so; -EINTR.
 */
int dumpflt_configure_begin(struct dumpflt_stack *stack)
{
	if (READ_ONCE(stack->loading) ||
	    READ_ONCE(stack->state) != DUMPFLT_CONFIGURED)
		return -EBUSY;
	if (mutex_lock_killable(&stack->lock))
		return -EINTR;
	if (!dumpflt_stack_is_live(stack))
		return 0;
	mutex_unlock(&stack->lock);
	return -EBUSY;
}

/**
 * dumpflt_configure_end - undo dumpflt_configure_begin()
 * @stack: that it locked; may have become live meanwhile
 *
 * Context: process context.
 */
void dumpflt_configure_end(struct dumpflt_stack *stack)
{
	mutex_unlock(&stack->lock);
}

/**
 * dumpflt_store_bool - an attribute that is a bool, of a stack or a filter in it
 * @stack: whose state and lock decide whether it may change
 * @field: what to change
 * @page: what was written to the attribute, NUL-terminated
 * @count: bytes of that
 *
 * Context: process context, in the store function of an attribute; sleeps.
 * Return: @count; -EINVAL if @page is no bool; what dumpflt_configure_begin() says.
 */
ssize_t dumpflt_store_bool(struct dumpflt_stack *stack, bool *field,
			   const char *page, size_t count)
{
	bool value;
	int ret;

	if (dumpflt_parse_bool(page, &value))
		return -EINVAL;
	ret = dumpflt_configure_begin(stack);
	if (ret)
		return ret;
	*field = value;
	dumpflt_configure_end(stack);
	return count;
}

/* Holds its folders and loads it. The lock is held all the time, su_mutex until it loads */
static int begin(struct dumpflt_stack *stack)
{
	int ret;

	ret = hold_folders(stack);
	if (!ret)
		WRITE_ONCE(stack->loading, true);
	mutex_unlock(&stack->group.cg_subsys->su_mutex);
	if (!ret) {
		ret = load_and_show(stack);
		if (ret)
			release_folders(stack, stack->nr_entries);
		WRITE_ONCE(stack->loading, false);
	}
	return ret;
}

/**
 * dumpflt_live_begin - make a stack live
 * @stack: in any state; the caller holds neither its lock nor su_mutex
 *
 * Context: process context, in an attribute of the stack's folder; sleeps, runs
 * modprobe.
 * Return: 0; -EBUSY if it is live; -EINTR; what dumpflt_stack_load() says.
 */
int dumpflt_live_begin(struct dumpflt_stack *stack)
{
	struct configfs_subsystem *subsys = stack->group.cg_subsys;
	int ret;

	if (mutex_lock_interruptible(&subsys->su_mutex))
		return -EINTR;
	ret = dumpflt_configure_begin(stack);
	if (ret) {
		mutex_unlock(&subsys->su_mutex);
		return ret;
	}
	ret = begin(stack);
	dumpflt_configure_end(stack);
	return ret;
}

/* Of a stack that is live, or is just going so: may a hibernation or a resume begin? */
static int may_stay(struct dumpflt_stack *stack, bool hibernating)
{
	const char *why = NULL;

	if (READ_ONCE(stack->by_hibernation))
		why = "live since the last hibernation: end the user of its device first";
	else if (READ_ONCE(stack->loading))
		why = "no hibernation while it is just going live: try again";
	/* it would be open in the image for ever, and so would its keys be there */
	else if (hibernating && dumpflt_session_is_coming_or_open(stack))
		why = "no hibernation with a session open: finish or abort it first";
	if (!why)
		return 0;
	dumpflt_note(stack, NULL, -EBUSY, "%s", why);
	return -EBUSY;
}

/**
 * dumpflt_live_begin_auto - make a stack live as a hibernation or a resume begins
 * @stack: in any state; its folder may be gone
 * @subsys: where that is or was, registered: a folder that is gone knows it no more
 * @hibernating: no session of it may be open
 *
 * Context: process context, in a notifier of PM, with a reference to the folder,
 * without its lock and su_mutex; sleeps.
 * Return: 0 also if it is to be left alone; -EBUSY, with words; -EINTR; what
 * dumpflt_stack_load() says.
 */
int dumpflt_live_begin_auto(struct dumpflt_stack *stack,
			    struct configfs_subsystem *subsys, bool hibernating)
{
	bool wanted;
	int ret;

	if (mutex_lock_interruptible(&subsys->su_mutex))
		return -EINTR;
	/* configfs clears this under su_mutex when it removes the folder */
	if (!stack->group.cg_item.ci_group) {
		mutex_unlock(&subsys->su_mutex);
		return 0;
	}
	ret = dumpflt_configure_begin(stack);
	/* neither changes while it is not configured */
	wanted = stack->auto_live && stack->type == DUMPFLT_TYPE_HIBERNATION;
	if (ret || !wanted) {
		mutex_unlock(&subsys->su_mutex);
		if (!ret)
			dumpflt_configure_end(stack);
		else if (ret == -EBUSY)
			ret = wanted || READ_ONCE(stack->by_hibernation) ?
				      may_stay(stack, hibernating) : 0;
		return ret;
	}
	WRITE_ONCE(stack->by_hibernation, true);
	ret = begin(stack);
	if (ret)
		WRITE_ONCE(stack->by_hibernation, false);
	dumpflt_configure_end(stack);
	return ret;
}

/**
 * dumpflt_live_end - take a stack down, if it is live
 * @stack: in any state; not locked by the caller
 *
 * Context: process context; sleeps.
 * Return: 0; -EBUSY if it is in use; -EINTR.
 */
int dumpflt_live_end(struct dumpflt_stack *stack)
{
	int ret = 0;

	if (mutex_lock_interruptible(&stack->lock))
		return -EINTR;
	if (dumpflt_stack_is_live(stack)) {
		ret = dumpflt_stack_quiesce(stack);
		if (!ret) {
			dumpflt_sysfs_remove(stack);
			dumpflt_stack_unload(stack);
			WRITE_ONCE(stack->by_hibernation, false);
			WRITE_ONCE(stack->left_over, false);
			release_folders(stack, stack->nr_entries);
		}
	}
	mutex_unlock(&stack->lock);
	return ret;
}
