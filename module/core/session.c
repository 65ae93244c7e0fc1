// SPDX-License-Identifier: GPL-2.0-only
/*
 * One session: from start, over writes or reads, to finish.
 *
 * A dump session writes a dump; a read-back session reads one through the
 * read callbacks. Both call start and finish of every filter, because no
 * filter may see data before its start succeeded (C31) or after its finish
 * (C33).
 *
 * What stands between the last write of a dump and the word "complete", in
 * rules, of which plain mode has all but F3 and F5:
 *
 *  F1 every data bio of the session has completed before finish runs
 *  F2 finish runs for every filter that started, in order, even if one fails
 *  F3 chunk metadata is written and completed (a dump area has that)
 *  F4 a flush is issued on the target's queue and its status is read
 *  F5 the receipt is written, then flushed (a dump area has that)
 *  F6 only now does any part of the system say "complete"
 *  F7 the first error is kept and makes the dump failed, never complete
 *  F8 the machine is not rebooted before F6 or a reported failure
 *  F9 plain mode keeps F1, F2, F4, F6, F7 and F8; it has no receipt
 *
 * In dumpflt_session_end():
 *
 *	writeback    pages of the stack device that a buffered writer left
 *	drain        F1: no request is let in, writes that are in complete
 *	close_dump   area: rest of the dump; the trailer, which is the last write
 *	finish_all   F2
 *	end          F3, flush, F5; in plain mode only the flush:
 *	flush        F4: an empty bio with REQ_PREFLUSH, which blk-flush.c makes
 *	             a REQ_OP_FLUSH request if the target has a write cache
 *	set_state    F6, or failed (F7)
 *	unfreeze
 *
 * A writer's own flush (fsync) goes to the target as well, but proves nothing
 * about the writes after it, so F4 is never left out.
 *
 * Every wait has a deadline; see base/pending.c for what outlives it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/blkdev.h>
#include <linux/jiffies.h>
#include <linux/sched/mm.h>

#include "base/silence.h"
#include "base/trace.h"
#include "block/block.h"
#include "session.h"
#include "target/target.h"

/*
 * For a target that answers each time, but hardly ever. Documented as the most
 * that start and finish can take, so many times timeout_ms or DUMPFLT_WAIT_MIN_MS
 */
#define WAITS_MAX	8

/* The machine goes down: set once, before the sessions are looked at */
static bool is_forbidden;

/**
 * dumpflt_session_forbid - from now on no session begins
 *
 * Context: any.
 */
void dumpflt_session_forbid(void)
{
	WRITE_ONCE(is_forbidden, true);
	/* pairs with dumpflt_session_start(): it sees this, or we see it */
	smp_mb();
}

/**
 * dumpflt_session_is_coming_or_open - does a session begin, go on or end?
 * @stack: in any state; without its lock the answer may be old at once
 *
 * Context: any.
 * Return: true if so.
 */
bool dumpflt_session_is_coming_or_open(const struct dumpflt_stack *stack)
{
	return READ_ONCE(stack->starting) || dumpflt_session_is_open(stack) ||
	       READ_ONCE(stack->state) == DUMPFLT_FINISHING;
}

/**
 * dumpflt_session_going_down - end a session because the machine goes down
 * @work: the stack's; whoever queued it took a reference to the stack
 *
 * Context: process context; sleeps.
 */
void dumpflt_session_going_down(struct work_struct *work)
{
	struct dumpflt_stack *stack = container_of(work, struct dumpflt_stack,
						   going_down);

	mutex_lock(&stack->lock);
	if (dumpflt_session_is_open(stack))
		dumpflt_session_end(stack, DUMPFLT_END_INTERRUPT,
				    DUMPFLT_ALL_WRITTEN);
	mutex_unlock(&stack->lock);
	complete(&stack->gone_down);
	config_item_put(&stack->group.cg_item);
}

static void finish_all(struct dumpflt_stack *stack)
{
	unsigned int i;

	/* every one that has started, even if another's finish failed (F2) */
	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];

		if (!inst->active)
			continue;
		inst->finish_err = dumpflt_call_simple(inst, DUMPFLT_CB_FINISH,
						       true);
		inst->active = false;
		WRITE_ONCE(inst->entry->state, DUMPFLT_FILTER_READY);
	}
}

/*
 * A dump is better than none; read back, what the filter has changed would be given
 * out as if it were the dump
 */
static bool is_optional(const struct dumpflt_instance *inst, bool read)
{
	return inst->entry->start_optional &&
	       !dumpflt_instance_is_critical(inst) &&
	       !(read && inst->flags & DUMPFLT_F_BOUNCE);
}

static int start_all(struct dumpflt_stack *stack, bool read)
{
	unsigned int i;
	int ret;

	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];
		struct dumpflt_entry *entry = inst->entry;
		bool optional = is_optional(inst, read);

		ret = dumpflt_call_simple(inst, DUMPFLT_CB_START, !optional);
		inst->start_err = ret;
		if (!read)
			inst->was_left_out = ret;
		if (!ret) {
			inst->active = true;
			WRITE_ONCE(entry->state, DUMPFLT_FILTER_STARTED);
			continue;
		}
		if (optional) {
			stack->layout->left_out(stack, i);
			WRITE_ONCE(entry->state, DUMPFLT_FILTER_LEFT_OUT);
			continue;
		}
		WRITE_ONCE(entry->state, DUMPFLT_FILTER_FAILED);
		finish_all(stack);
		return ret;
	}
	/* a filter may have done what fails a dump, and not have said so */
	if (!READ_ONCE(stack->failed))
		return 0;
	finish_all(stack);
	return dumpflt_error_get(&stack->error, NULL, 0) ?: -EIO;
}

static void reset(struct dumpflt_stack *stack, bool read)
{
	unsigned int i;

	/* together, so that no failure can be without its words */
	dumpflt_error_reset(&stack->error);
	stack->failed = false;
	stack->sessions++;
	atomic64_set(&stack->bytes, 0);
	for (i = 0; i < stack->nr_inst; i++) {
		struct dumpflt_instance *inst = stack->inst[i];

		dumpflt_error_reset(&inst->entry->error);
		if (read)
			inst->master.flags |= DUMPFLT_EXT_F_READ_SESSION;
		else
			inst->master.flags &= ~DUMPFLT_EXT_F_READ_SESSION;
		/* absent callbacks do not get it restored on the way */
		*inst->ext = inst->master;
	}
}

/* Reasons not to begin, in words and as an errno */
static int may_start(struct dumpflt_stack *stack, bool read)
{
	bool sealed = dumpflt_stack_seal(stack) == stack->seal;

	if (dumpflt_stack_is_busy(stack)) {
		dumpflt_note(stack, NULL, -EBUSY,
			     "the target has not yet answered all of the last session");
		return -EBUSY;
	}
	if (stack->left_over) {
		dumpflt_note(stack, NULL, -EBUSY,
			     "left over from a hibernation that is over: no session until it is down");
		return -EBUSY;
	}
	/* about the last session; whatever refuses this one is said instead */
	if (!sealed || read)
		dumpflt_error_reset(&stack->error);
	if (!sealed) {
		/* C48 */
		dumpflt_fail(stack, NULL, -EUCLEAN,
			     "the stack or a filter's table of callbacks has changed since it went live");
		dumpflt_stack_set_state(stack, DUMPFLT_FAILED);
		return -EUCLEAN;
	}
	return read ? stack->layout->readable(stack) : 0;
}

static int busy_before(struct dumpflt_stack *stack, int err)
{
	dumpflt_error_reset(&stack->error);
	dumpflt_fail(stack, NULL, err, err == -ETIMEDOUT ?
		     "start: what was asked of the stack device before is not answered yet" :
		     "start: somebody writes to the stack device already, through its page cache: end that first");
	return err;
}

/* All that a session does before it lets writes or reads in */
static int start_frozen(struct dumpflt_stack *stack, bool read)
{
	int ret;

	ret = read ? stack->layout->begin_read(stack) :
		     stack->layout->begin(stack);
	if (ret)
		return ret;
	ret = start_all(stack, read);
	if (!ret) {
		ret = read ? stack->layout->read_started(stack) :
			     stack->layout->started(stack);
		/* from here on it would be a part of the dump */
		if (!ret && dumpflt_page_cache_is_dirty(stack))
			ret = busy_before(stack, -EBUSY);
		if (ret)
			finish_all(stack);
	}
	if (ret && !read)
		stack->layout->abandon(stack);
	else if (ret)
		stack->layout->forget(stack);
	return ret;
}

static int start(struct dumpflt_stack *stack, bool read)
{
	unsigned int noio;
	int ret;

	/* before the first wait: it is no news of this session's target */
	stack->is_silent = false;
	WRITE_ONCE(stack->last_progress, jiffies);
	dumpflt_silence_bound(stack, stack->timeout_ms, WAITS_MAX, DUMPFLT_WAIT_MIN_MS);
	ret = dumpflt_page_cache_refuse(stack);
	if (ret) {
		busy_before(stack, ret);
		goto out_unfreeze;
	}
	invalidate_bdev(stack->disk_bdev);
	noio = memalloc_noio_save();
	reset(stack, read);
	ret = read ? 0 : dumpflt_target_clean(stack);
	if (!ret && !read)
		ret = dumpflt_flush_judge(stack);
	if (!ret)
		ret = start_frozen(stack, read);
	memalloc_noio_restore(noio);
	/* who reads the target itself shall see what has become of the slot */
	dumpflt_target_forget_cache(stack->target.bdev);
out_unfreeze:
	dumpflt_silence_unbound(stack);
	dumpflt_stack_set_state(stack, ret ? DUMPFLT_FAILED :
				       read ? DUMPFLT_READING :
					      DUMPFLT_STARTED);
	trace_dumpflt_session(stack->name, read ? "read" : "start", ret);
	dumpflt_disk_unfreeze(stack);
	return ret;
}

/**
 * dumpflt_session_start - begin a session
 * @stack: in any state
 * @read: read a dump back, instead of writing one
 * @slot: to read, DUMPFLT_NO_SLOT if none was named
 *
 * No write or read is let in before every start has succeeded.
 *
 * Context: process context, stack lock held; sleeps.
 * Return: 0; -EINVAL if the stack is not live; -EBUSY if a session is in
 * progress or the last one is not over; -EUCLEAN if the stack has changed;
 * -EOPNOTSUPP if it cannot be read; -EBADMSG if what is to be read is not whole;
 * -ENOSPC if the dump area has no free slot;
 * -ESHUTDOWN if the machine goes down; -ETIMEDOUT; the target's or a filter's
 * errno.
 */
int dumpflt_session_start(struct dumpflt_stack *stack, bool read, u32 slot)
{
	int ret;

	lockdep_assert_held(&stack->lock);

	if (stack->state == DUMPFLT_CONFIGURED)
		return -EINVAL;
	if (dumpflt_session_is_open(stack))
		return -EBUSY;
	stack->read_slot = slot;
	ret = may_start(stack, read);
	if (ret)
		return ret;

	WRITE_ONCE(stack->starting, true);
	/* pairs with dumpflt_session_forbid() */
	smp_mb();
	ret = READ_ONCE(is_forbidden) ? -ESHUTDOWN : start(stack, read);
	WRITE_ONCE(stack->starting, false);
	return ret;
}

/*
 * What a buffered writer left in the page cache is part of the dump, or was never
 * to be there; see page_cache.c.
 */
static void write_back(struct dumpflt_stack *stack, unsigned int ms)
{
	int err;

	if (!dumpflt_page_cache_is_dirty(stack))
		return;
	if (!stack->layout->takes_page_cache) {
		dumpflt_fail(stack, NULL, -EOPNOTSUPP,
			     "finish: some of the dump is still in the page cache, which keeps no order: open the stack device with O_DIRECT (dd oflag=direct)");
		return;
	}
	err = dumpflt_disk_writeback(stack, ms);
	if (err)
		dumpflt_fail(stack, NULL, err,
			     "finish: dirty pages of the stack device could not be written");
}

static enum dumpflt_state end_state(bool failed, bool read,
				    enum dumpflt_end how)
{
	if (how == DUMPFLT_END_INTERRUPT)
		return DUMPFLT_INTERRUPTED;
	if (failed)
		return DUMPFLT_FAILED;
	/* only here, after F1, F2 and F4, does anything say complete (F6) */
	return read ? DUMPFLT_LIVE : DUMPFLT_COMPLETE;
}

static const char * const end_words[] = {
	[DUMPFLT_END_FINISH]	= "finish",
	[DUMPFLT_END_ABORT]	= "abort",
	[DUMPFLT_END_INTERRUPT]	= "interrupt",
};

/**
 * dumpflt_session_end - end the session
 * @stack: in any state
 * @how: only DUMPFLT_END_FINISH can end as complete
 * @length: exact bytes of the dump, or DUMPFLT_ALL_WRITTEN
 *
 * Context: process context, stack lock held; sleeps, at most timeout_ms for
 * each thing that the target has to do, and WAITS_MAX times that for all of them.
 * Return: 0; -EINVAL if there is no session; else the errno of the first
 * error of the session, which has failed then.
 */
int dumpflt_session_end(struct dumpflt_stack *stack, enum dumpflt_end how,
			u64 length)
{
	bool read = stack->state == DUMPFLT_READING, drained, failed;
	unsigned int noio, ms;
	int ret = 0;

	lockdep_assert_held(&stack->lock);

	if (!dumpflt_session_is_open(stack))
		return -EINVAL;
	if (how == DUMPFLT_END_ABORT)
		dumpflt_fail(stack, NULL, -ECANCELED,
			     "aborted by its writer, the dump is not whole");
	else if (how == DUMPFLT_END_INTERRUPT)
		dumpflt_fail(stack, NULL, -EINTR,
			     "interrupted by a reboot or an unload before finish");

	ms = how == DUMPFLT_END_INTERRUPT ?
		     min(stack->timeout_ms, DUMPFLT_INTERRUPT_MS) :
		     stack->timeout_ms;
	if (how == DUMPFLT_END_INTERRUPT)
		/* a reboot waits no longer than that for it */
		dumpflt_silence_bound(stack, ms, DUMPFLT_INTERRUPT_WAITS, 0);
	else
		dumpflt_silence_bound(stack, ms, WAITS_MAX, DUMPFLT_WAIT_MIN_MS);
	if (!read && how == DUMPFLT_END_FINISH)
		write_back(stack, ms);
	drained = dumpflt_settle(stack, read, ms);
	noio = memalloc_noio_save();
	/* F1 holds: the dump is all there, unless it is a bit short */
	if (!read && !stack->is_silent)
		stack->layout->close_dump(stack, length);
	if (stack->state != DUMPFLT_FINISHING)
		dumpflt_stack_set_state(stack, DUMPFLT_FINISHING);
	if (!drained)
		dumpflt_lanes_wait(stack);
	finish_all(stack);
	/* F3 to F5, as far as there is something to be written */
	if (!read && !stack->is_silent)
		stack->layout->end(stack, how);
	/* with a target that is silent there is no receipt to use a key for */
	stack->layout->forget(stack);
	dumpflt_silence_unbound(stack);
	memalloc_noio_restore(noio);

	/*
	 * Who reads the target itself shall see what is there now, and what
	 * the filters gave out shall not be had from a cache after finish: of that
	 * cache, pages that are mapped or dirty go when requests are let in again.
	 */
	dumpflt_target_forget_cache(stack->target.bdev);
	invalidate_bdev(stack->disk_bdev);
	failed = READ_ONCE(stack->failed);
	/* it is said to have failed a moment before it is said why */
	if (failed)
		ret = dumpflt_error_get(&stack->error, NULL, 0) ?: -EIO;
	dumpflt_stack_set_state(stack, end_state(failed, read, how));
	trace_dumpflt_session(stack->name, end_words[how], ret);
	dumpflt_disk_unfreeze(stack);
	dumpflt_page_cache_drop(stack, drained);
	return ret;
}

/**
 * dumpflt_session_drop - the dump that was completed is not to be one
 * @stack: in any state; no session of it is open
 *
 * Only of a session since the stack went live, and only in a dump area: in plain mode
 * nothing on the target says that a dump is complete.
 *
 * Context: process context, stack lock held; sleeps, at most as long as the end of a
 * session that is interrupted.
 * Return: 0 if no dump is there, durably; else a negative errno, and it may be; -EBUSY
 * if the target has not yet answered all of the last session.
 */
int dumpflt_session_drop(struct dumpflt_stack *stack)
{
	unsigned int noio;
	int ret;

	lockdep_assert_held(&stack->lock);

	if (!dumpflt_stack_is_live(stack) || !stack->layout->says_complete(stack))
		return 0;
	/* it may still be reading what we would write over */
	if (dumpflt_stack_is_busy(stack))
		return -EBUSY;
	/* what the first try says stays until one succeeds */
	if (stack->state == DUMPFLT_COMPLETE)
		dumpflt_error_reset(&stack->error);
	/* it may answer again */
	stack->is_silent = false;
	dumpflt_silence_bound(stack, min(stack->timeout_ms, DUMPFLT_INTERRUPT_MS),
			      DUMPFLT_INTERRUPT_WAITS, 0);
	noio = memalloc_noio_save();
	ret = stack->layout->drop(stack);
	memalloc_noio_restore(noio);
	dumpflt_silence_unbound(stack);
	dumpflt_target_forget_cache(stack->target.bdev);
	if (!ret) {
		dumpflt_error_reset(&stack->error);
		dumpflt_fail(stack, NULL, -ECANCELED,
			     "the machine did not go down: its image is invalid");
	}
	dumpflt_stack_set_state(stack, DUMPFLT_FAILED);
	return ret;
}
