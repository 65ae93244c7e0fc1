/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The data path: what belongs to a request on its way through the filters.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_IO_H
#define _DUMPFLT_IO_H

#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/llist.h>
#include <linux/workqueue.h>

#include "core.h"

struct dumpflt_record_block;

/**
 * struct dumpflt_lane - one thread of filter calls
 * @stack: the stack
 * @index: number of the lane
 * @queue: requests to be handled, newest first
 * @work: handles them; a work item never runs twice at once, which is what
 *	makes the calls of one lane serial
 * @watch: for the allocation watch
 */
struct dumpflt_lane {
	struct dumpflt_stack	*stack;
	unsigned int		index;
	struct llist_head	queue;
	struct work_struct	work;
	struct dumpflt_watch	watch;
};

/**
 * struct dumpflt_call - a struct dumpflt_io and what the core knows about it
 * @io: what the filter sees
 * @stack: the stack
 * @watch: of the task that calls the filters
 * @slot: which of an instance's bounce buffers belongs to it
 * @source: the data as it came
 * @nr_source: entries of it
 * @table: a copy of @source, for the filters to look at and for the bio
 * @record: room for the chunk's record, which the filters fill in, or %NULL
 * @bounce: the calling instance's buffer, or %NULL
 * @installed: what dumpflt_set_buffer() was last given in this callback
 * @replaced: the data is in a bounce buffer already
 * @single: the segment table once the data is in a bounce buffer
 */
struct dumpflt_call {
	struct dumpflt_io	io;
	struct dumpflt_stack	*stack;
	struct dumpflt_watch	*watch;
	unsigned int		slot;
	struct bio_vec		*source;
	unsigned int		nr_source;
	struct bio_vec		*table;
	void			*record;
	void			*bounce;
	void			*installed;
	bool			replaced;
	struct bio_vec		single;
};

/**
 * struct dumpflt_transfer - data on its way through the filters to the target,
 *	or back
 * @call: what goes to the filters
 * @bio: what goes to the target
 * @chunk: in a dump area, number of the chunk
 * @block: in a dump area, where its record will go, pinned
 */
struct dumpflt_transfer {
	struct dumpflt_call		call;
	struct bio			bio;
	u64				chunk;
	struct dumpflt_record_block	*block;
};

/**
 * struct dumpflt_ctx - per-request state, the PDU of a request
 * @transfer: its data
 * @node: in a lane's queue
 * @lane: the lane that handles it
 * @target_read: the target has read; the read callbacks are due
 * @session: number of the session that the request belongs to
 * @status: how it ends
 */
struct dumpflt_ctx {
	struct dumpflt_transfer	transfer;
	struct llist_node	node;
	struct dumpflt_lane	*lane;
	bool			target_read;
	u64			session;
	blk_status_t		status;
};

/* callback.c */
int dumpflt_call_io(struct dumpflt_instance *inst, enum dumpflt_callback cb,
		    struct dumpflt_call *call);

/* chain.c */
void dumpflt_chain_begin(struct dumpflt_call *call, u64 offset, u32 len,
			 u32 lane);
int dumpflt_chain_write(struct dumpflt_call *call);
int dumpflt_chain_read(struct dumpflt_call *call);

/* request.c */
extern const struct blk_mq_ops dumpflt_mq_ops;
void dumpflt_lane_work(struct work_struct *work);

/* target.c */
void dumpflt_target_submit(struct dumpflt_stack *stack, struct bio *bio,
			   blk_opf_t opf, const struct dumpflt_io *data,
			   u64 offset, bio_end_io_t *end_io);

#endif /* _DUMPFLT_IO_H */
