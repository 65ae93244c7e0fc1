/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stack device and its requests.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_BLOCK_H
#define _DUMPFLT_BLOCK_H

#include <linux/blk-mq.h>
#include <linux/llist.h>
#include <linux/workqueue.h>

#include "layout/layout.h"

/* Requests that the stack device takes for each lane */
#define DUMPFLT_QUEUE_DEPTH	16

/**
 * struct dumpflt_lane - one thread of filter calls
 * @stack: whose requests it handles
 * @index: number of the lane
 * @queue: requests to be handled, newest first
 * @work: handles them; a work item never runs twice at once, which is what
 *	makes the calls of one lane serial
 * @in_call: the filter that is called here, and not judged yet, or %NULL
 */
struct dumpflt_lane {
	struct dumpflt_stack	*stack;
	unsigned int		index;
	struct llist_head	queue;
	struct work_struct	work;
	struct dumpflt_instance	*in_call;
};

/**
 * struct dumpflt_ctx - per-request state, the PDU of a request
 * @transfer: its data
 * @node: in a lane's queue
 * @lane: the lane that handles it; of a chunk that is read another one when the target
 *	has answered
 * @target_read: the target has read; the read callbacks are due
 * @queued: jiffies when it came
 * @session: number of the session that the request belongs to
 * @status: how it ends
 */
struct dumpflt_ctx {
	struct dumpflt_transfer	transfer;
	struct llist_node	node;
	struct dumpflt_lane	*lane;
	bool			target_read;
	unsigned long		queued;
	u64			session;
	blk_status_t		status;
};

/* lane.c */
unsigned int dumpflt_lane_choose(struct dumpflt_stack *stack,
				 const struct request *rq);
unsigned int dumpflt_lane_of_chunk(const struct dumpflt_stack *stack, u64 chunk);
struct dumpflt_instance *dumpflt_lanes_filter(struct dumpflt_stack *stack);
void dumpflt_lanes_wait(struct dumpflt_stack *stack);

/* page_cache.c */
void dumpflt_page_cache_init(struct dumpflt_stack *stack);
int dumpflt_page_cache_refuse(struct dumpflt_stack *stack);
bool dumpflt_from_page_cache(const struct dumpflt_stack *stack,
			     const struct request *rq);
bool dumpflt_page_cache_is_dirty(const struct dumpflt_stack *stack);
void dumpflt_page_cache_drop(struct dumpflt_stack *stack, bool idle);

/* limits.c */
void dumpflt_limits_from_target(struct dumpflt_stack *stack);
void dumpflt_limits_from_filters(struct dumpflt_stack *stack);

/* disk.c */
int dumpflt_disk_create_tags(struct dumpflt_stack *stack);
void dumpflt_disk_destroy_tags(struct dumpflt_stack *stack);
int dumpflt_disk_create(struct dumpflt_stack *stack);
void dumpflt_disk_destroy(struct dumpflt_stack *stack);
bool dumpflt_disk_is_open(const struct dumpflt_stack *stack);

/* drain.c */
void dumpflt_drain_init(struct dumpflt_stack *stack);
int dumpflt_disk_writeback(struct dumpflt_stack *stack, unsigned int ms);
int dumpflt_disk_wait(struct dumpflt_stack *stack, unsigned int ms);
int dumpflt_disk_wait_written(struct dumpflt_stack *stack, unsigned int ms);
int dumpflt_disk_wait_reads_alone(struct dumpflt_stack *stack, unsigned int ms);
int dumpflt_disk_drain(struct dumpflt_stack *stack, unsigned int ms);
int dumpflt_disk_freeze(struct dumpflt_stack *stack, unsigned int ms);
void dumpflt_disk_unfreeze(struct dumpflt_stack *stack);

/* settle.c */
bool dumpflt_settle(struct dumpflt_stack *stack, bool read, unsigned int ms);

/* request.c */
extern const struct blk_mq_ops dumpflt_mq_ops;
void dumpflt_lane_work(struct work_struct *work);

#endif /* _DUMPFLT_BLOCK_H */
