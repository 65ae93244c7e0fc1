// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stack's way from configured to live and back.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "base/silence.h"
#include "block/block.h"
#include "session.h"
#include "stack.h"
#include "target/target.h"

/*
 * All that is read before a stack goes live takes no longer than timeout_ms, or
 * this: two receipts of each slot make many reads, each of which may be in time
 */
#define READ_MIN_MS	10000U

/* Guards dumpflt_stacks */
DEFINE_MUTEX(dumpflt_stacks_lock);
LIST_HEAD(dumpflt_stacks);

/**
 * dumpflt_stack_init - make a new stack, not live, with the defaults
 * @stack: zeroed
 * @name: its name
 *
 * Context: process context.
 */
void dumpflt_stack_init(struct dumpflt_stack *stack, const char *name)
{
	mutex_init(&stack->lock);
	mutex_init(&stack->text_lock);
	strscpy(stack->name, name, sizeof(stack->name));
	INIT_LIST_HEAD(&stack->entries);
	dumpflt_error_init(&stack->error);
	spin_lock_init(&stack->run.lock);
	INIT_LIST_HEAD(&stack->pending);
	dumpflt_pending_init(stack, &stack->sync.pending);
	dumpflt_drain_init(stack);
	dumpflt_page_cache_init(stack);
	dumpflt_target_cache_init(stack);
	dumpflt_silence_init(&stack->silence);
	INIT_WORK(&stack->going_down, dumpflt_session_going_down);
	init_completion(&stack->gone_down);
	stack->type = DUMPFLT_TYPE_CRASH;
	stack->max_pages = DUMPFLT_MAX_PAGES_DEF;
	stack->timeout_ms = DUMPFLT_TIMEOUT_MS_DEF;

	mutex_lock(&dumpflt_stacks_lock);
	list_add_tail(&stack->link, &dumpflt_stacks);
	mutex_unlock(&dumpflt_stacks_lock);
}

/**
 * dumpflt_stack_exit - undo dumpflt_stack_init()
 * @stack: the stack, not live, without entries
 *
 * Context: process context.
 */
void dumpflt_stack_exit(struct dumpflt_stack *stack)
{
	mutex_lock(&dumpflt_stacks_lock);
	list_del(&stack->link);
	mutex_unlock(&dumpflt_stacks_lock);
	kfree(stack->path);
	mutex_destroy(&stack->text_lock);
	mutex_destroy(&stack->lock);
}

static void drop_instances(struct dumpflt_stack *stack)
{
	while (stack->nr_inst) {
		struct dumpflt_instance *inst = stack->inst[--stack->nr_inst];

		dumpflt_call_unload(inst);
		dumpflt_instance_destroy(inst);
		stack->inst[stack->nr_inst] = NULL;
	}
}

/* All modules before the first init (C2), in the order of the list (C1) */
static int load_modules(struct dumpflt_stack *stack)
{
	struct dumpflt_instance *inst;
	struct dumpflt_entry *entry;

	list_for_each_entry(entry, &stack->entries, link) {
		inst = dumpflt_instance_create(stack, entry);
		if (IS_ERR(inst)) {
			if (inst == ERR_PTR(-ENOENT) && stack->by_hibernation)
				dumpflt_fail(stack, NULL, -ENOENT,
					     "filter '%s': load it before a hibernation begins: modprobe dumpflt-%s",
					     entry->name, entry->name);
			else if (inst == ERR_PTR(-ENOENT))
				dumpflt_fail(stack, NULL, -ENOENT,
					     "filter '%s': module dumpflt-%s is not there or did not register it",
					     entry->name, entry->name);
			return PTR_ERR(inst);
		}
		stack->inst[stack->nr_inst++] = inst;
	}
	return 0;
}

static void leave_out(struct dumpflt_stack *stack, unsigned int i)
{
	struct dumpflt_instance *inst = stack->inst[i];

	stack->nr_inst--;
	memmove(&stack->inst[i], &stack->inst[i + 1],
		(stack->nr_inst - i) * sizeof(stack->inst[0]));
	stack->inst[stack->nr_inst] = NULL;
	WRITE_ONCE(inst->entry->state, DUMPFLT_FILTER_LEFT_OUT);
	dumpflt_call_unload(inst);
	dumpflt_instance_destroy(inst);
}

static int init_instances(struct dumpflt_stack *stack)
{
	unsigned int i = 0;
	int ret;

	while (i < stack->nr_inst) {
		struct dumpflt_instance *inst = stack->inst[i];

		ret = dumpflt_instance_init(inst);
		if (!ret) {
			WRITE_ONCE(inst->entry->state, DUMPFLT_FILTER_READY);
			i++;
			continue;
		}
		if (!dumpflt_instance_may_lack(inst)) {
			WRITE_ONCE(inst->entry->state, DUMPFLT_FILTER_FAILED);
			return ret;
		}
		leave_out(stack, i);
	}
	return 0;
}

static void reset_states(struct dumpflt_stack *stack)
{
	struct dumpflt_entry *entry;

	list_for_each_entry(entry, &stack->entries, link)
		WRITE_ONCE(entry->state, DUMPFLT_FILTER_CONFIGURED);
}

static void reset_errors(struct dumpflt_stack *stack)
{
	struct dumpflt_entry *entry;

	dumpflt_error_reset(&stack->error);
	list_for_each_entry(entry, &stack->entries, link)
		dumpflt_error_reset(&entry->error);
}

/* Whatever failed without having said so: too little memory, nearly always */
static int explain(struct dumpflt_stack *stack, int err)
{
	/* a note is no reason */
	if (err && !READ_ONCE(stack->failed))
		dumpflt_fail(stack, NULL, err, "cannot make the stack device");
	return err;
}

/**
 * dumpflt_stack_load - make a stack live
 * @stack: the stack, not live
 *
 * Context: process context, stack lock held; sleeps, runs modprobe.
 * Return: 0 or a negative errno, explained in the stack's error; the stack is
 * as it was then, but for the states of its entries.
 */
int dumpflt_stack_load(struct dumpflt_stack *stack)
{
	int ret;

	lockdep_assert_held(&stack->lock);

	reset_errors(stack);
	stack->failed = false;
	stack->sessions = 0;
	stack->is_silent = false;
	/* waits are counted from there: not from when the machine was started */
	WRITE_ONCE(stack->last_progress, jiffies);
	stack->bound_by_policy = false;
	atomic64_set(&stack->bytes, 0);
	memset(&stack->limits, 0, sizeof(stack->limits));
	reset_states(stack);

	stack->layout = stack->use_area ? &dumpflt_layout_area :
					  &dumpflt_layout_plain;
	dumpflt_silence_bound(stack, stack->timeout_ms, 1, READ_MIN_MS);
	ret = dumpflt_target_open(stack);
	if (!ret)
		ret = stack->layout->open(stack);
	dumpflt_silence_unbound(stack);
	if (ret)
		goto out_target;
	dumpflt_limits_from_target(stack);
	ret = load_modules(stack);
	if (!ret)
		ret = init_instances(stack);
	if (ret)
		goto out_instances;
	dumpflt_limits_from_filters(stack);
	ret = dumpflt_disk_create_tags(stack);
	if (ret)
		goto out_instances;
	ret = dumpflt_bounce_alloc(stack);
	if (ret)
		goto out_instances;
	ret = stack->layout->prepare(stack);
	if (ret)
		goto out_instances;
	ret = dumpflt_disk_create(stack);
	if (ret)
		goto out_instances;
	stack->seal = dumpflt_stack_seal(stack);
	dumpflt_stack_set_state(stack, DUMPFLT_LIVE);
	return 0;

out_instances:
	drop_instances(stack);
	dumpflt_disk_destroy_tags(stack);
	dumpflt_bounce_free(stack);
	stack->layout->close(stack);
out_target:
	dumpflt_target_close(stack);
	return explain(stack, ret);
}

/**
 * dumpflt_stack_quiesce - make sure that a stack can be taken down
 * @stack: the stack, live
 *
 * A session that is in progress is interrupted.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0, or -EBUSY if the stack device is open or the target still holds
 * something of ours.
 */
int dumpflt_stack_quiesce(struct dumpflt_stack *stack)
{
	lockdep_assert_held(&stack->lock);

	if (dumpflt_disk_is_open(stack)) {
		dumpflt_note(stack, NULL, -EBUSY,
			     "/dev/" DUMPFLT_DISK_PREFIX "%d is open: end its user first",
			     stack->disk_number);
		return -EBUSY;
	}
	if (dumpflt_session_is_open(stack))
		dumpflt_session_end(stack, DUMPFLT_END_INTERRUPT,
				    DUMPFLT_ALL_WRITTEN);
	/* who had it open may have left a page behind, without a session, too */
	if (!dumpflt_stack_is_busy(stack))
		dumpflt_page_cache_drop(stack, true);
	if (dumpflt_stack_is_busy(stack)) {
		dumpflt_note(stack, NULL, -EBUSY,
			     "the target has not yet answered all requests");
		return -EBUSY;
	}
	return 0;
}

/**
 * dumpflt_stack_unload - take a stack down
 * @stack: the stack, live, after dumpflt_stack_quiesce() under the same lock
 *
 * last_error stays.
 *
 * Context: process context, stack lock held; sleeps.
 */
void dumpflt_stack_unload(struct dumpflt_stack *stack)
{
	lockdep_assert_held(&stack->lock);

	dumpflt_disk_destroy(stack);
	dumpflt_disk_destroy_tags(stack);
	drop_instances(stack);
	dumpflt_bounce_free(stack);
	stack->layout->close(stack);
	dumpflt_target_close(stack);
	reset_states(stack);
	dumpflt_stack_set_state(stack, DUMPFLT_CONFIGURED);
}
