/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The map of the core: its structures, its locks, and who exports what.
 *
 * Lock order, outermost first:
 *
 *   configfs su_mutex -> dumpflt_stacks_lock -> stack.lock -> registry lock
 *                                                          -> stack.text_lock
 *                                                          -> error.lock (leaf)
 *
 * The data path (request.c, chain.c) takes none of these but error.lock, and
 * that one only when something has already failed. It relies on the queue
 * being frozen whenever stack.session or the set of active instances changes.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_CORE_H
#define _DUMPFLT_CORE_H

#include <linux/atomic.h>
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/completion.h>
#include <linux/configfs.h>
#include <linux/dumpflt.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "compat.h"

struct dumpflt_area;
struct dumpflt_layout_ops;
struct dumpflt_lane;

/* Requests that the stack device takes per hardware queue */
#define DUMPFLT_QUEUE_DEPTH	16
/* Bytes of a message, with its NUL */
#define DUMPFLT_ERROR_TEXT	320
/* Bytes of what a filter may add to it, with its NUL */
#define DUMPFLT_WHY_TEXT	200

/**
 * enum dumpflt_state - life of a stack
 * @DUMPFLT_CONFIGURED: not live
 * @DUMPFLT_LIVE: loaded, no session yet
 * @DUMPFLT_STARTED: a dump is being written
 * @DUMPFLT_READING: a dump is being read back
 * @DUMPFLT_FINISHING: no more I/O is accepted, finish and flush run
 * @DUMPFLT_COMPLETE: the last dump is durable
 * @DUMPFLT_FAILED: the last dump failed
 * @DUMPFLT_INTERRUPTED: the last dump was ended by a reboot or an unload
 */
enum dumpflt_state {
	DUMPFLT_CONFIGURED,
	DUMPFLT_LIVE,
	DUMPFLT_STARTED,
	DUMPFLT_READING,
	DUMPFLT_FINISHING,
	DUMPFLT_COMPLETE,
	DUMPFLT_FAILED,
	DUMPFLT_INTERRUPTED,
};

/* Life of an instance, or of its entry in the configuration */
enum dumpflt_filter_state {
	DUMPFLT_FILTER_CONFIGURED,
	DUMPFLT_FILTER_READY,
	DUMPFLT_FILTER_STARTED,
	DUMPFLT_FILTER_LEFT_OUT,
	DUMPFLT_FILTER_FAILED,
};

/* The callbacks that are counted */
enum dumpflt_callback {
	DUMPFLT_CB_START,
	DUMPFLT_CB_WRITE,
	DUMPFLT_CB_READ,
	DUMPFLT_CB_FINISH,
	DUMPFLT_CB_UNLOAD,
	DUMPFLT_NR_CB,
};

/* Length of a dump: all that was written */
#define DUMPFLT_ALL_WRITTEN	U64_MAX

/* How a session ends */
enum dumpflt_end {
	DUMPFLT_END_FINISH,	/* the writer says that all is written */
	DUMPFLT_END_ABORT,	/* the writer says that the dump is not whole */
	DUMPFLT_END_INTERRUPT,	/* reboot or unload */
};

/**
 * struct dumpflt_error - the first error, in words
 * @lock: guards the rest
 * @err: negative errno, 0 for none
 * @fatal: it failed the session or the stack; replaces one that did not
 * @text: who, in which callback, where, and the errno
 */
struct dumpflt_error {
	spinlock_t	lock;		/* guards all of it */
	int		err;
	bool		fatal;
	char		text[DUMPFLT_ERROR_TEXT];
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
 * @stack: the stack
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
 * @starting: start() runs
 * @stored_len: bytes of @stored in this session
 * @start_err: negative errno of start()
 * @finish_err: negative errno of finish()
 * @before: counters when the session began
 * @bounce: one buffer for each request the stack device can have, or NULL
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
	void				**bounce;
	bool				active;
	bool				starting;
	u32				stored_len;
	int				start_err;
	int				finish_err;
	struct dumpflt_total		before;
	struct dumpflt_stat		stat[DUMPFLT_NR_CB];
	struct kobject			*kobj;
};

/**
 * struct dumpflt_options - what init() can ask for
 * @inst: the instance being made
 * @text: private copy of the lines, each ended by a NUL
 * @used: per line: somebody asked for it
 * @lines: how many
 * @why: what init() says about its failure, DUMPFLT_WHY_TEXT bytes
 */
struct dumpflt_options {
	struct dumpflt_instance	*inst;
	char			*text;
	bool			*used;
	unsigned int		lines;
	char			*why;
};

/**
 * struct dumpflt_watch - a task whose allocations are of interest
 * @link: in the list that the probes walk
 * @task: who; NULL while nothing of ours runs there
 * @in_call: a filter's write or read is called, and judged
 * @in_callback: a filter's callback runs
 * @allocs: seen during the present callback
 * @total: counter of all that count
 */
struct dumpflt_watch {
	struct list_head	link;
	struct task_struct	*task;
	bool			in_call;
	bool			in_callback;
	unsigned int		allocs;
	atomic64_t		*total;
};

/* The target, while the stack is live */
struct dumpflt_target {
	struct block_device	*bdev;
	void			*handle;	/* what opening gave, see compat */
	u64			size;		/* bytes */
};

/* What the stack device offers, computed once when the stack goes live */
struct dumpflt_limits {
	u32	block_size;
	u32	physical_block_size;
	u32	max_pages;
	u32	max_segments;
	u32	nr_lanes;
	u32	nr_contexts;		/* chunks or requests under way */
	u32	own_contexts;		/* of them, the layout's own */
	u32	chunk_size;		/* bytes that are written whole, 0 for any */
	u32	record_size;		/* bytes kept for each chunk, or 0 */
	u64	capacity;		/* bytes */
	bool	fua;
};

/* A bio of the core's own; see sync.c */
struct dumpflt_sync {
	struct bio		bio;
	struct bio_vec		vec;
	struct completion	done;
	bool			pending;	/* submitted, not known to be done */
};

/* Work that may outlive its deadline: done later, but never forgotten */
struct dumpflt_deferred {
	struct work_struct	work;
	struct completion	done;
	int			err;
	bool			pending;	/* started, not known to be done */
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
 * @failed: something failed in this session; set anywhere, see dumpflt_fail()
 * @error: the first error, its own lock
 * @sessions: sessions begun since the stack went live
 * @bytes: accepted and written to the target in this session; atomic
 * @allocations: seen by the allocation watch; atomic
 * @next_lane: round robin; atomic
 * @inst: the instances, in list order; read only while live
 * @nr_inst: how many
 * @seal: checksum over what must not change while live (contract C48)
 * @target: open while live
 * @limits: what the stack device offers
 * @disk_number: N of dumpflt<N>
 * @disk: the stack device
 * @tag_set: its requests
 * @wq: runs the lanes
 * @lanes: @limits.nr_lanes of them
 * @watch: for the allocation watch: whoever holds @lock
 * @kobj: our folder in sysfs
 * @undrained: requests outlived their deadline
 * @writeback: brings the stack device's page cache to the filters
 * @layout: how the dump is laid out on the target; set while live
 * @area: what the layout "dump area" has in memory; nobody else looks at it
 * @sync: for whoever holds @lock
 * @flush_err: negative errno of the last flush of the target
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
	struct list_head	entries;
	unsigned int		nr_entries;

	/* state */
	enum dumpflt_state	state;
	bool			failed;
	struct dumpflt_error	error;
	u64			sessions;
	atomic64_t		bytes;
	atomic64_t		allocations;
	atomic_t		next_lane;

	/* live only, read only while live */
	struct dumpflt_target	target;
	const struct dumpflt_layout_ops *layout;
	struct dumpflt_area	*area;
	struct dumpflt_limits	limits;
	struct dumpflt_instance	*inst[DUMPFLT_MAX_FILTERS];
	unsigned int		nr_inst;
	u32			seal;
	int			disk_number;
	struct gendisk		*disk;
	struct blk_mq_tag_set	tag_set;
	struct workqueue_struct	*wq;
	struct dumpflt_lane	*lanes;
	struct dumpflt_watch	watch;
	struct kobject		*kobj;

	/* session */
	bool			undrained;	/* requests outlived their deadline */
	struct dumpflt_deferred	writeback;
	struct dumpflt_sync	sync;
	int			flush_err;
};

/* state.c */
const char *dumpflt_type_word(enum dumpflt_type type);
const char *dumpflt_state_word(enum dumpflt_state state);
const char *dumpflt_filter_state_word(enum dumpflt_filter_state state);
bool dumpflt_stack_is_live(const struct dumpflt_stack *stack);
bool dumpflt_session_is_open(const struct dumpflt_stack *stack);
bool dumpflt_instance_is_critical(const struct dumpflt_instance *inst);
void dumpflt_stack_set_state(struct dumpflt_stack *stack,
			     enum dumpflt_state state);

/* registry.c */
bool dumpflt_filter_name_ok(const char *name);
const struct dumpflt_filter *dumpflt_filter_get(const char *name);
void dumpflt_filter_put(const struct dumpflt_filter *filter);

/* options.c */
int dumpflt_parse_bool(const char *page, bool *value);
int dumpflt_options_check(const char *text, size_t *line_ret);
int dumpflt_options_init(struct dumpflt_options *options,
			 struct dumpflt_instance *inst);
void dumpflt_options_exit(struct dumpflt_options *options);
const char *dumpflt_options_unused(const struct dumpflt_options *options);

/* instance.c */
struct dumpflt_instance *dumpflt_instance_create(struct dumpflt_stack *stack,
						 struct dumpflt_entry *entry);
int dumpflt_instance_init(struct dumpflt_instance *inst);
int dumpflt_instance_alloc_bounce(struct dumpflt_instance *inst);
void dumpflt_instance_destroy(struct dumpflt_instance *inst);
struct dumpflt_instance *dumpflt_instance_of(struct dumpflt_extension *ext);
struct dumpflt_total dumpflt_instance_total(const struct dumpflt_instance *inst);
void dumpflt_instance_begin(struct dumpflt_instance *inst);
u32 dumpflt_stack_seal(const struct dumpflt_stack *stack);

/* callback.c */
const char *dumpflt_callback_word(enum dumpflt_callback cb);
int dumpflt_call_simple(struct dumpflt_instance *inst,
			enum dumpflt_callback cb, bool fatal);
void dumpflt_call_unload(struct dumpflt_instance *inst);
/* chain.c */
struct dumpflt_instance *dumpflt_chain_unreadable(struct dumpflt_stack *stack);

/* stack.c */
extern struct mutex dumpflt_stacks_lock;
extern struct list_head dumpflt_stacks;
void dumpflt_stack_init(struct dumpflt_stack *stack, const char *name);
void dumpflt_stack_exit(struct dumpflt_stack *stack);
int dumpflt_stack_load(struct dumpflt_stack *stack);
int dumpflt_stack_quiesce(struct dumpflt_stack *stack);
void dumpflt_stack_unload(struct dumpflt_stack *stack);

/* limits.c */
void dumpflt_limits_from_target(struct dumpflt_stack *stack);
void dumpflt_limits_from_filters(struct dumpflt_stack *stack);

/* disk.c */
int dumpflt_disk_create(struct dumpflt_stack *stack);
void dumpflt_disk_destroy(struct dumpflt_stack *stack);
bool dumpflt_disk_is_open(const struct dumpflt_stack *stack);
int dumpflt_disk_freeze(struct dumpflt_stack *stack, unsigned int ms);
void dumpflt_disk_unfreeze(struct dumpflt_stack *stack);

/* target.c */
int dumpflt_target_open(struct dumpflt_stack *stack);
void dumpflt_target_close(struct dumpflt_stack *stack);
/* session.c */
int dumpflt_session_start(struct dumpflt_stack *stack, bool read);
int dumpflt_session_end(struct dumpflt_stack *stack, enum dumpflt_end how,
			u64 length);
bool dumpflt_session_is_busy(struct dumpflt_stack *stack);

/* flush.c */
void dumpflt_flush_init(struct dumpflt_stack *stack);
int dumpflt_flush_writeback(struct dumpflt_stack *stack);
int dumpflt_flush_target(struct dumpflt_stack *stack);
bool dumpflt_flush_is_busy(struct dumpflt_stack *stack);

/* sync.c */
void dumpflt_sync_init(struct dumpflt_sync *sync);
bool dumpflt_sync_is_busy(struct dumpflt_sync *sync);
void dumpflt_sync_submit(struct dumpflt_stack *stack, struct dumpflt_sync *sync,
			 blk_opf_t opf, void *data, u32 len, u64 offset);
int dumpflt_sync_wait(struct dumpflt_sync *sync, unsigned int ms);
int dumpflt_sync_io(struct dumpflt_stack *stack, struct dumpflt_sync *sync,
		    blk_opf_t opf, void *data, u32 len, u64 offset);

/* error.c */
void dumpflt_error_init(struct dumpflt_error *error);
void dumpflt_error_reset(struct dumpflt_error *error);
int dumpflt_error_get(struct dumpflt_error *error, char *text, size_t size);
__printf(4, 5)
void dumpflt_fail(struct dumpflt_stack *stack, struct dumpflt_instance *inst,
		  int err, const char *fmt, ...);
__printf(4, 5)
void dumpflt_note(struct dumpflt_stack *stack, struct dumpflt_instance *inst,
		  int err, const char *fmt, ...);

/* configfs.c */
extern struct configfs_subsystem dumpflt_subsys;

/* live.c */
int dumpflt_live_begin(struct dumpflt_stack *stack);
int dumpflt_live_end(struct dumpflt_stack *stack);

/* configfs_filter.c */
struct config_item *dumpflt_entry_make(struct config_group *group,
				       const char *name);
void dumpflt_entry_drop(struct config_group *group, struct config_item *item);

/* sysfs.c */
int dumpflt_sysfs_add(struct dumpflt_stack *stack);
void dumpflt_sysfs_remove(struct dumpflt_stack *stack);

/* alloc_watch.c */
int dumpflt_alloc_watch_init(void);
void dumpflt_alloc_watch_exit(void);
void dumpflt_watch_add(struct dumpflt_watch *watch, atomic64_t *total);
void dumpflt_watch_del(struct dumpflt_watch *watch);
void dumpflt_watch_begin(struct dumpflt_watch *watch);
void dumpflt_watch_end(struct dumpflt_watch *watch);

/* reboot.c */
int dumpflt_reboot_init(void);
void dumpflt_reboot_exit(void);

#endif /* _DUMPFLT_CORE_H */
