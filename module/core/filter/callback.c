// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calling a filter, and finding out whether it kept the rules.
 *
 * Every call of start, write, read and finish goes through here, so that each
 * is timed, counted, traced and judged in the same way.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/crc32.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "base/silence.h"
#include "base/trace.h"
#include "filter/filter.h"

/**
 * dumpflt_callback_word - a callback in a word
 * @cb: less than DUMPFLT_NR_CB: this is not checked
 *
 * Context: any.
 * Return: the word of messages, counters and trace events.
 */
const char *dumpflt_callback_word(enum dumpflt_callback cb)
{
	static const char * const words[] = {
		[DUMPFLT_CB_START]	= "start",
		[DUMPFLT_CB_WRITE]	= "write",
		[DUMPFLT_CB_READ]	= "read",
		[DUMPFLT_CB_FINISH]	= "finish",
		[DUMPFLT_CB_UNLOAD]	= "unload",
	};

	return words[cb];
}

/* What is remembered from before a call */
struct before {
	u64		ns;
	unsigned long	nvcsw;
	u32		source_crc;
	u32		front_crc;
	struct dumpflt_context	context;
};

static void count(struct dumpflt_instance *inst, enum dumpflt_callback cb,
		  u32 bytes, int err, u64 ns)
{
	struct dumpflt_stat *stat = &inst->stat[cb];

	atomic64_inc(&stat->calls);
	atomic64_add(ns, &stat->ns);
	if (err)
		atomic64_inc(&stat->errors);
	else
		atomic64_add(bytes, &stat->bytes);
}

/* The environment of design section 5.7, and what can be seen of breaking it */
static void enter(const struct dumpflt_instance *inst, enum dumpflt_callback cb,
		  struct before *before)
{
	trace_dumpflt_filter_enter(inst->stack->name, inst->entry->name,
				   dumpflt_callback_word(cb));
	before->nvcsw = current->nvcsw;
	dumpflt_context_save(&before->context);
	before->ns = ktime_get_ns();
	non_block_start();
}

static u64 leave(const struct before *before, const char **rule)
{
	*rule = dumpflt_context_put_back(&before->context);
	non_block_end();
	return ktime_get_ns() - before->ns;
}

/* Rules that hold for every callback. Words if one was broken */
static const char *broken_rule(const struct dumpflt_instance *inst,
			       const struct before *before, int ret)
{
	const char *rule = dumpflt_broken_result(ret);

	if (rule)
		return rule;
	/*
	 * Counts only switches that the task asked for, not preemption. With
	 * PREEMPT_RT a spinlock that somebody else holds is one, which is no sleep.
	 */
	if (!IS_ENABLED(CONFIG_PREEMPT_RT) && current->nvcsw != before->nvcsw)
		return "slept";
	if (memcmp(inst->ext, &inst->master, sizeof(inst->master)))
		return "wrote to its extension";
	return NULL;
}

/**
 * dumpflt_call_simple - call start, finish or unload
 * @inst: its init() has succeeded
 * @cb: DUMPFLT_CB_START, _FINISH or _UNLOAD; need not be in its table
 * @fatal: an error fails the session; else it is only noted
 *
 * Context: process context, stack lock held, no I/O in flight.
 * Return: 0 or a negative errno.
 */
int dumpflt_call_simple(struct dumpflt_instance *inst, enum dumpflt_callback cb,
			bool fatal)
{
	int (*fn)(const struct dumpflt_extension *ext);
	unsigned long began = jiffies;
	const char *rule = NULL;
	struct before before;
	u64 ns;
	int ret;

	lockdep_assert_held(&inst->stack->lock);

	fn = cb == DUMPFLT_CB_START ? inst->ops.start :
	     cb == DUMPFLT_CB_FINISH ? inst->ops.finish : inst->ops.unload;
	if (!fn)
		return 0;

	/* the filter may have scribbled on it; each session begins right */
	*inst->ext = inst->master;
	inst->why[0] = '\0';
	inst->why_of = NULL;
	inst->running = cb;
	if (cb == DUMPFLT_CB_UNLOAD) {
		/* may sleep, and what it does to the extension is nobody's any more */
		dumpflt_context_save(&before.context);
		before.ns = ktime_get_ns();
		ret = fn(inst->ext);
		ns = ktime_get_ns() - before.ns;
		rule = dumpflt_context_put_back(&before.context);
		if (!rule)
			rule = dumpflt_broken_result(ret);
	} else {
		enter(inst, cb, &before);
		ret = fn(inst->ext);
		ns = leave(&before, &rule);
		if (!rule)
			rule = broken_rule(inst, &before, ret);
	}
	inst->running = DUMPFLT_NR_CB;
	dumpflt_silence_extend(inst->stack, jiffies - began);
	if (rule)
		ret = -EPROTO;
	count(inst, cb, 0, ret, ns);
	trace_dumpflt_filter_call(inst->stack->name, inst->entry->name,
				  dumpflt_callback_word(cb), 0, 0, ret, ns);
	if (ret)
		(fatal ? dumpflt_fail : dumpflt_note)
			(inst->stack, inst, ret, "%s%s%s%s%s",
			 dumpflt_callback_word(cb), rule ? ": " : " failed",
			 rule ?: "", inst->why[0] ? ": " : "", inst->why);
	return ret;
}

/**
 * dumpflt_call_unload - call a filter's unload(), if it is owed
 * @inst: the instance; no I/O and no other callback runs
 *
 * Context: process context, stack lock held; the filter may sleep.
 */
void dumpflt_call_unload(struct dumpflt_instance *inst)
{
	lockdep_assert_held(&inst->stack->lock);

	if (!inst->inited)
		return;
	inst->inited = false;
	/* C54: an error is reported there and changes nothing */
	dumpflt_call_simple(inst, DUMPFLT_CB_UNLOAD, false);
}

/* Rules about the data. Words if one was broken */
static const char *broken_data_rule(const struct dumpflt_instance *inst,
				    enum dumpflt_callback cb,
				    struct dumpflt_call *call,
				    const struct dumpflt_io *was,
				    const struct bio_vec *table, int ret)
{
	struct dumpflt_io *io = &call->io;

	if (io->len != was->len)
		return "changed the length";
	if (io->offset != was->offset)
		return "changed the offset";
	if (io->lane != was->lane)
		return "changed the lane";
	if (io->flags != was->flags || io->meta != was->meta)
		return "changed the flags, or where its metadata goes";

	if (cb == DUMPFLT_CB_READ && call->is_set)
		return "set a buffer in a read";
	if (cb == DUMPFLT_CB_READ && call->unasked)
		return "called dumpflt_bounce() in a read";
	if (call->unasked)
		return "called dumpflt_bounce() without BOUNCE";
	if (call->is_set) {
		if (!PAGE_ALIGNED(call->installed))
			return "set a buffer that is not page aligned";
		if (!call->bounce || call->installed != call->bounce)
			return "set a buffer that is not its own bounce buffer";
		if (io->segs != &call->single || io->nr_segs != 1 ||
		    call->single.bv_page != virt_to_page(call->bounce) ||
		    call->single.bv_offset || call->single.bv_len != was->len)
			return "changed the segments by hand";
		return NULL;
	}
	/* what it was to change would leave as it came */
	if (cb == DUMPFLT_CB_WRITE && !call->replaced && !ret &&
	    (inst->flags & (DUMPFLT_F_BOUNCE | DUMPFLT_F_PASS)) ==
		    DUMPFLT_F_BOUNCE)
		return "took BOUNCE and installed no buffer";
	if (io->segs != was->segs || io->nr_segs != was->nr_segs ||
	    memcmp(io->segs, table, was->nr_segs * sizeof(*table)))
		return "changed the segments by hand";
	return NULL;
}

/* What is in the record in front of the instance's metadata; in a read, all of it */
static u32 record_crc(const struct dumpflt_instance *inst,
		      enum dumpflt_callback cb, const struct dumpflt_call *call)
{
	return crc32_le(0, call->record, cb == DUMPFLT_CB_WRITE ?
				inst->meta_offset :
				inst->stack->limits.record_size +
				DUMPFLT_RECORD_SLACK);
}

/*
 * In front of it are the metadata of earlier filters. Behind it is nothing yet: a
 * byte more would be taken for a later filter's, or make the record no record.
 */
static const char *broken_record_rule(const struct dumpflt_instance *inst,
				      enum dumpflt_callback cb,
				      const struct dumpflt_call *call,
				      u32 front_crc)
{
	u32 end = inst->meta_offset + inst->chunk_meta;
	bool same = record_crc(inst, cb, call) == front_crc;

	if (cb == DUMPFLT_CB_READ)
		return same ? NULL : "wrote to its chunk metadata in a read";
	if (memchr_inv(call->record + end, 0,
		       inst->stack->limits.record_size +
		       DUMPFLT_RECORD_SLACK - end))
		return "wrote behind its chunk metadata";
	if (!same)
		return "wrote in front of its chunk metadata";
	return NULL;
}

static u32 data_crc(const struct bio_vec *segs, u32 nr_segs)
{
	u32 crc = 0, i;

	for (i = 0; i < nr_segs; i++)
		crc = crc32_le(crc, page_address(segs[i].bv_page) +
			       segs[i].bv_offset, segs[i].bv_len);
	return crc;
}

/* A read besides a dump that fails is its reader's own affair; a broken rule is not */
static bool fails_session(const struct dumpflt_stack *stack,
			  enum dumpflt_callback cb, const char *rule)
{
	return rule || cb != DUMPFLT_CB_READ ||
	       READ_ONCE(stack->state) == DUMPFLT_READING;
}

static const char *words_of_call(const struct dumpflt_instance *inst)
{
	return READ_ONCE(inst->why_of) == current ? inst->why : "";
}

/* The next call that fails has words of its own */
static void forget_words(struct dumpflt_instance *inst)
{
	if (READ_ONCE(inst->why_of) != current)
		return;
	inst->why[0] = '\0';
	/* pairs with cmpxchg() in dumpflt_reason() */
	smp_store_release(&inst->why_of, NULL);
}

static int call_and_judge(struct dumpflt_instance *inst,
			  enum dumpflt_callback cb, struct dumpflt_call *call)
{
	bool check = cb == DUMPFLT_CB_WRITE && inst->stack->check_source;
	const struct bio_vec *table;
	struct dumpflt_io was;
	struct bio_vec single;
	const char *rule;
	struct before before;
	u64 ns;
	int ret;

	/*
	 * What the segments must still be afterwards: the request's own, or
	 * the single one of an earlier filter's bounce buffer.
	 */
	single = call->single;
	table = call->replaced ? &single : call->source;

	call->io.meta = inst->chunk_meta ? call->record + inst->meta_offset :
					   NULL;
	was = call->io;
	call->is_set = false;
	call->unasked = false;
	call->bounce = cb == DUMPFLT_CB_WRITE ?
			       dumpflt_bounce_choose(inst, call) : NULL;
	if (call->io.meta)
		before.front_crc = record_crc(inst, cb, call);
	if (check)
		before.source_crc = data_crc(call->source, call->nr_source);

	enter(inst, cb, &before);
	ret = (cb == DUMPFLT_CB_WRITE ? inst->ops.write : inst->ops.read)
		(inst->ext, &call->io);
	ns = leave(&before, &rule);

	if (!rule)
		rule = broken_rule(inst, &before, ret);
	if (!rule)
		rule = broken_data_rule(inst, cb, call, &was, table, ret);
	if (!rule && was.meta)
		rule = broken_record_rule(inst, cb, call, before.front_crc);
	if (!rule && check &&
	    data_crc(call->source, call->nr_source) != before.source_crc)
		rule = "wrote to the source pages";
	if (rule) {
		ret = -EPROTO;
		/* reads may go on after one has failed */
		*inst->ext = inst->master;
	} else if (call->is_set) {
		call->replaced = true;
	}

	count(inst, cb, was.len, ret, ns);
	trace_dumpflt_filter_call(inst->stack->name, inst->entry->name,
				  dumpflt_callback_word(cb), was.offset, was.len, ret,
				  ns);
	if (ret)
		(fails_session(inst->stack, cb, rule) ? dumpflt_fail :
							dumpflt_note)
			(inst->stack, inst, ret, "%s of %u bytes at %llu%s%s%s%s",
			     dumpflt_callback_word(cb), was.len, was.offset,
			     rule ? ": " : " failed", rule ?: "",
			     words_of_call(inst)[0] ? ": " : "",
			     words_of_call(inst));
	forget_words(inst);
	return ret;
}

/**
 * dumpflt_call_io - call write or read
 * @inst: the instance; it has the callback
 * @cb: DUMPFLT_CB_WRITE or _READ
 * @call: the data; on success, as the filter left it
 *
 * Context: process context, in a lane, or with the queue frozen; does not
 * sleep or allocate.
 * Return: 0, also if it was left out of this session; the filter's errno; -EPROTO
 * if it broke a rule; -EIO if the session has ended meanwhile. The session has
 * failed then.
 */
int dumpflt_call_io(struct dumpflt_instance *inst, enum dumpflt_callback cb,
		    struct dumpflt_call *call)
{
	int ret = -EIO;

	dumpflt_silence_call(inst->stack);
	/* two at once in a lane: the first to end would hide the other one from finish */
	WARN_ON_ONCE(READ_ONCE(*call->in_call));
	WRITE_ONCE(*call->in_call, inst);
	/* pairs with dumpflt_lanes_wait(), before which the state is set */
	smp_mb();
	if (dumpflt_session_is_open(inst->stack))
		ret = inst->active ? call_and_judge(inst, cb, call) : 0;
	/* the time that the filter took is not the target's */
	dumpflt_silence_return(inst->stack);
	/* finish must not change what is still being judged */
	smp_store_release(call->in_call, NULL);
	return ret;
}
