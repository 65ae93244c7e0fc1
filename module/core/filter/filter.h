/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Filters: which there are, one of them in a stack, its callbacks, all of them.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_FILTER_H
#define _DUMPFLT_FILTER_H

#include "base/types.h"

/*
 * Bytes behind each record in memory, so that a filter which writes behind its
 * metadata is found out before it has overwritten anything else
 */
#define DUMPFLT_RECORD_SLACK	DUMPFLT_CHUNK_META_MAX

/**
 * struct dumpflt_call - a struct dumpflt_io and what the core knows about it
 * @io: what the filter sees
 * @stack: whose filters see it
 * @in_call: where it is said which filter is being called, and judged
 * @slot: which of the stack's bounce buffers belong to it
 * @source: the data as it came
 * @nr_source: entries of it
 * @table: a copy of @source, for the filters to look at and for the bio
 * @record: room for the chunk's record, which the filters fill in, and
 *	DUMPFLT_RECORD_SLACK bytes; or %NULL
 * @bounce: the one that the calling instance gets, or %NULL if it gets none
 * @unasked: dumpflt_bounce() was called nevertheless
 * @is_set: dumpflt_set_buffer() was called in this callback
 * @installed: what it was given; if that was wrong once, the first wrong one
 * @replaced: the data is in a bounce buffer already
 * @single: the segment table once the data is in a bounce buffer
 */
struct dumpflt_call {
	struct dumpflt_io	io;
	struct dumpflt_stack	*stack;
	struct dumpflt_instance	**in_call;
	unsigned int		slot;
	struct bio_vec		*source;
	unsigned int		nr_source;
	struct bio_vec		*table;
	void			*record;
	void			*bounce;
	bool			unasked;
	bool			is_set;
	void			*installed;
	bool			replaced;
	struct bio_vec		single;
};

/**
 * struct dumpflt_context - what a task is like that calls a filter
 * @preempt: its preempt count
 * @rcu: how deep it is in rcu_read_lock(), where that is counted apart
 * @locks: that it holds, as far as lockdep knows
 * @scopes: PF_MEMALLOC and its like
 * @pinned: how often it has called migrate_disable(), where that is counted apart
 * @irqs_off: interrupts are off
 */
struct dumpflt_context {
	int		preempt;
	int		rcu;
	int		locks;
	unsigned int	scopes;
	unsigned int	pinned;
	bool		irqs_off;
};

/* context.c */
void dumpflt_context_save(struct dumpflt_context *context);
const char *dumpflt_context_put_back(const struct dumpflt_context *context);

/* registry.c */
int dumpflt_registry_init(void);
void dumpflt_registry_exit(void);
bool dumpflt_filter_name_ok(const char *name);
const struct dumpflt_filter *dumpflt_filter_get(const char *name,
						bool may_load);
void dumpflt_filter_put(const struct dumpflt_filter *filter);

/* instance.c */
const char *dumpflt_broken_result(int ret);
struct dumpflt_instance *dumpflt_instance_create(struct dumpflt_stack *stack,
						 struct dumpflt_entry *entry);
int dumpflt_instance_init(struct dumpflt_instance *inst);
void dumpflt_instance_destroy(struct dumpflt_instance *inst);
struct dumpflt_instance *dumpflt_instance_of(const struct dumpflt_extension *ext);
struct dumpflt_total dumpflt_instance_total(const struct dumpflt_instance *inst);
void dumpflt_instance_begin(struct dumpflt_instance *inst);
u32 dumpflt_stack_seal(const struct dumpflt_stack *stack);

/* bounce.c */
int dumpflt_bounce_alloc(struct dumpflt_stack *stack);
void dumpflt_bounce_free(struct dumpflt_stack *stack);
void *dumpflt_bounce_choose(const struct dumpflt_instance *inst,
			    const struct dumpflt_call *call);

/* callback.c */
const char *dumpflt_callback_word(enum dumpflt_callback cb);
int dumpflt_call_simple(struct dumpflt_instance *inst,
			enum dumpflt_callback cb, bool fatal);
void dumpflt_call_unload(struct dumpflt_instance *inst);
int dumpflt_call_io(struct dumpflt_instance *inst, enum dumpflt_callback cb,
		    struct dumpflt_call *call);

/* chain.c */
void dumpflt_chain_begin(struct dumpflt_call *call, u64 offset, u32 len,
			 u32 lane);
int dumpflt_chain_write(struct dumpflt_call *call);
int dumpflt_chain_read(struct dumpflt_call *call);
struct dumpflt_instance *dumpflt_chain_unreadable(struct dumpflt_stack *stack);
int dumpflt_chain_readable(struct dumpflt_stack *stack);

#endif /* _DUMPFLT_FILTER_H */
