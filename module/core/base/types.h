/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The structures that all floors of the core share, and their locks.
 *
 * Lock order, outermost first:
 *
 *   configfs su_mutex -> dumpflt_stacks_lock -> stack.lock -> registry lock
 *                                                          -> stack.text_lock
 *                                                          -> error.lock (leaf)
 *
 * The data path (block/request.c, filter/chain.c) takes none of these but
 * error.lock, and that one only when something has already failed. It relies on
 * the queue being frozen whenever stack.session or the set of active instances
 * changes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_TYPES_H
#define _DUMPFLT_TYPES_H

#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/configfs.h>
#include <linux/dumpflt.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "base/error.h"
#include "base/pending.h"
#include "base/state.h"
#include "compat.h"

struct dumpflt_area;
struct dumpflt_lane;
struct dumpflt_layout_ops;

/* The callbacks that are counted */
enum dumpflt_callback {
	DUMPFLT_CB_START,
	DUMPFLT_CB_WRITE,
	DUMPFLT_CB_READ,
	DUMPFLT_CB_FINISH,
	DUMPFLT_CB_UNLOAD,
	DUMPFLT_NR_CB,
};

/**
 * struct dumpflt_entry - a filter as it is configured: <stack>/<NN>-<filter>/
 * @item: the configfs item
 * @link: in dumpflt_stack.entries, by @number
 * @stack: the stack it belongs to, pinned by @item's parent
 * @number: NN
 * @name: the filter's name
 * @options: "name=value" lines, NUL-terminated, or NULL
 * @critical: the stack needs this filter, whatever the filter says
 * @start_optional: a dump may begin without it
 * @state: what became of it; read anywhere
 * @error: its first error since then, also if it was left out; its own lock
 *
 * Guarded by the stack's lock unless it says otherwise.
 */
struct dumpflt_entry {
	struct config_item	item;
	struct list_head	link;
	struct dumpflt_stack	*stack;
	unsigned int		number;
	char			name[DUMPFLT_NAME_MAX];
	char			*options;
	bool			critical;
	bool			start_optional;
	enum dumpflt_filter_state state;
	struct dumpflt_error	error;
};

/* Counters of one callback; atomic, because lanes run at the same time */
struct dumpflt_stat {
	atomic64_t	calls;
	atomic64_t	bytes;
	atomic64_t	errors;
	atomic64_t	ns;
};

/* What a receipt counts */
struct dumpflt_total {
	u64	writes;
	u64	bytes;
	u64	errors;
	u64	ns;
};

/**
 * struct dumpflt_instance - one filter in one live stack
 * @stack: the one it belongs to, which outlives it
 * @entry: its configuration; a reference is held
 * @filter: the registered filter; its module is pinned
 * @ext: what the filter sees, of the size that it knows
 * @master: what @ext must contain
 * @ops: private copy, absent callbacks NULL
 * @their_ops: the filter's own table, checked against @ops at session start
 * @flags: DUMPFLT_F_*
 * @max_pages: what init() left of the cap
 * @block_size: what init() made of the block size
 * @reads: read-capable (contract C15)
 * @inited: init() succeeded, so unload() is owed
 * @chunk_meta: bytes that it has in each chunk record
 * @meta_offset: where they are in it
 * @stored: what it stored at start, DUMPFLT_FMETA_MAX bytes; %NULL without area
 * @active: takes part in the present session: start() succeeded
 * @running: of start(), finish() and unload() the one that runs, or DUMPFLT_NR_CB
 * @why: words of a callback, if it fails
 * @why_of: the task in whose write() or read() they were said, or %NULL
 * @stored_len: bytes of @stored in this session
 * @result: what it stored at finish, with its length; zero if nothing
 * @start_err: negative errno of start()
 * @was_left_out: of the last dump, as its start() failed
 * @finish_err: negative errno of finish()
 * @before: counters when the session began
 * @stat: counters since the stack went live
 * @kobj: its folder in sysfs
 *
 * @active to @before change only while the queue is frozen; the rest, but for
 * the counters, is read only once the stack is live.
 */
struct dumpflt_instance {
	struct dumpflt_stack		*stack;
	struct dumpflt_entry		*entry;
	const struct dumpflt_filter	*filter;
	struct dumpflt_extension	*ext;
	struct dumpflt_extension	master;
	struct dumpflt_ops		ops;
	const struct dumpflt_ops	*their_ops;
	u32				flags;
	u32				max_pages;
	u32				block_size;
	bool				reads;
	bool				inited;
	u32				chunk_meta;
	u32				meta_offset;
	void				*stored;
	bool				active;
	enum dumpflt_callback		running;
	char				why[DUMPFLT_WHY_TEXT];
	struct task_struct		*why_of;
	u32				stored_len;
	struct dumpflt_disk_result	result;
	int				start_err;
	bool				was_left_out;
	int				finish_err;
	struct dumpflt_total		before;
	struct dumpflt_stat		stat[DUMPFLT_NR_CB];
	struct kobject			*kobj;
};

/* The target, while the stack is live */
struct dumpflt_target {
	struct block_device	*bdev;
	struct dumpflt_claim	*claim;		/* see target.c */
	u64			size;		/* bytes */
};

/**
 * struct dumpflt_silence - since when the target has answered nothing
 * @asked: requests and bios of ours that it has and has not answered; atomic
 * @since: jiffies of its last answer, of the question that began this, or of the end
 *	of a filter's callback
 * @calls: callbacks of filters that are at work on data; atomic
 * @reported: it was said that it is silent
 * @answered: whoever waits for the end of all writes
 */
struct dumpflt_silence {
	atomic_t		asked;
	unsigned long		since;
	atomic_t		calls;
	bool			reported;
	wait_queue_head_t	answered;
};

/* What the stack device offers, computed once when the stack goes live */
struct dumpflt_limits {
	u32	block_size;
	u32	physical_block_size;
	u32	max_pages;
	u32	max_segments;
	u32	dma_alignment;		/* mask: where data may begin in memory */
	bool	own_segments;		/* the target's rules for segments are too narrow */
	u32	room;			/* bytes behind a bounce buffer */
	u32	nr_lanes;
	u32	nr_contexts;		/* chunks or requests under way */
	u32	own_contexts;		/* of them, the layout's own */
	u32	chunk_size;		/* bytes that are written whole, 0 for any */
	u32	record_size;		/* bytes kept for each chunk, or 0 */
	u64	capacity;		/* bytes */
	bool	fua;
};

/* Neighbours from one task, which go to one lane */
struct dumpflt_run {
	spinlock_t	lock;		/* guards the rest; leaf */
	const void	*task;		/* not looked into */
	sector_t	begin;		/* of the last one */
	sector_t	end;
	unsigned int	lane;
	unsigned int	left;		/* that may still join */
};

/**
 * struct dumpflt_stack - a stack, from mkdir to rmdir
 * @group: the configfs folder
 * @link: in dumpflt_stacks; guarded by dumpflt_stacks_lock
 * @lock: guards everything here unless it says otherwise
 * @text_lock: held in addition to change @path or an entry's options, and
 *	alone to read them, as @lock is held for as long as a session ends
 * @name: of the folder
 * @path: of the target
 * @type: crash or hibernation
 * @max_pages: as configured
 * @timeout_ms: as configured
 * @check_source: as configured
 * @use_area: as configured: the target holds a dump area
 * @entries: the filters, by number
 * @nr_entries: how many
 * @state: written under @lock by set_state(); read anywhere
 * @loading: it is just going live; set and cleared under @lock, read anywhere
 * @starting: a session is just beginning; likewise
 * @failed: something failed in this session; set anywhere, see dumpflt_fail()
 * @error: the first error, its own lock
 * @read_slot: of the dump area, that is to be read; DUMPFLT_NO_SLOT if none
 * @sessions: sessions begun since the stack went live
 * @bytes: accepted and written to the target in this session; atomic
 * @run: which lane comes next
 * @inst: the instances, in list order; read only while live
 * @nr_inst: how many
 * @seal: checksum over what must not change while live (contract C48)
 * @bound_by_policy: the dump area says which filters there must be
 * @target: open while live
 * @limits: what the stack device offers
 * @bounce: @nr_bounce buffers for each chunk or request under way, or %NULL
 * @nr_bounce: none, one, or two
 * @disk_number: N of dumpflt<N>
 * @disk: the stack device
 * @disk_bdev: the whole of it, with its page cache
 * @tag_set: its requests
 * @wq: runs the lanes
 * @submit_wq: hands the core's own bios to the target
 * @lanes: @limits.nr_lanes of them
 * @kobj: our folder in sysfs
 * @pending: all that may outlive its deadline
 * @drain: requests of the stack device
 * @is_silent: the target was, in this session: it is not asked again
 * @writeback: brings the stack device's page cache to the filters
 * @cleaning: writes the target's own, before a dump begins
 * @dropping: empties the stack device's, behind a session
 * @layout: how the dump is laid out on the target; set while live
 * @area: what the layout "dump area" has in memory; nobody else looks at it
 * @plain: likewise, the layout "plain"
 * @sync: for whoever holds @lock
 * @nowhere: what a filter gets that asks for a buffer it may not have
 * @durability: how what was written becomes durable, DUMPFLT_DURABLE_*
 * @require_flush: as configured: the target must have a cache to be flushed
 * @auto_live: as configured: a hibernation makes it live, and takes it down
 * @by_hibernation: one has, or does just now; written under @lock, read anywhere
 * @left_over: that one is over, so that no session may begin; likewise
 * @hibernation_link: for who goes through the stacks at one end of a hibernation
 * @flush_err: negative errno of the last flush of the target
 * @silence: of the target; read anywhere
 * @writes: requests but reads that the stack device has taken; atomic
 * @reads: likewise, reads
 * @last_progress: jiffies when one of them, the target or a filter, last got on
 * @wait_ms: how long each wait may take until then
 * @end_by: jiffies when the target must have been read, or a session have begun or
 *	ended; 0 in between
 * @going_down: ends the session before a reboot
 * @gone_down: that is done
 */
struct dumpflt_stack {
	struct config_group	group;
	struct list_head	link;
	struct mutex		lock;		/* see above */
	struct mutex		text_lock;	/* see above */
	char			name[DUMPFLT_STACK_NAME_MAX];

	/* configuration, fixed while live */
	char			*path;
	enum dumpflt_type	type;
	u32			max_pages;
	u32			timeout_ms;
	bool			check_source;
	bool			use_area;
	bool			require_flush;
	bool			auto_live;
	struct list_head	entries;
	unsigned int		nr_entries;

	/* state */
	enum dumpflt_state	state;
	bool			loading;
	bool			starting;
	bool			failed;
	struct dumpflt_error	error;
	u32			read_slot;
	u64			sessions;
	atomic64_t		bytes;
	struct dumpflt_run	run;

	/* live only, read only while live */
	bool			bound_by_policy;
	u32			durability;
	void			*nowhere;
	struct dumpflt_target	target;
	const struct dumpflt_layout_ops *layout;
	struct dumpflt_area	*area;
	struct dumpflt_plain	*plain;
	struct dumpflt_limits	limits;
	struct dumpflt_instance	*inst[DUMPFLT_MAX_FILTERS];
	unsigned int		nr_inst;
	u32			seal;
	void			**bounce;
	unsigned int		nr_bounce;
	int			disk_number;
	struct gendisk		*disk;
	struct block_device	*disk_bdev;
	struct blk_mq_tag_set	tag_set;
	struct workqueue_struct	*wq;
	struct workqueue_struct	*submit_wq;
	struct dumpflt_lane	*lanes;
	struct kobject		*kobj;

	/* session */
	struct list_head	pending;
	struct dumpflt_pending	drain;
	bool			is_silent;	/* see above */
	struct dumpflt_deferred	writeback;
	struct dumpflt_deferred	cleaning;
	struct dumpflt_deferred	dropping;
	struct dumpflt_sync	sync;
	int			flush_err;
	struct dumpflt_silence	silence;
	atomic_t		writes;
	atomic_t		reads;
	unsigned long		last_progress;
	unsigned int		wait_ms;
	unsigned long		end_by;

	/* hibernation */
	bool			by_hibernation;
	bool			left_over;
	struct list_head	hibernation_link;

	/* reboot */
	struct work_struct	going_down;
	struct completion	gone_down;
};

#endif /* _DUMPFLT_TYPES_H */
