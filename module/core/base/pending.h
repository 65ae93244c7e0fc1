/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may outlive its deadline, and must not be forgotten then.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_PENDING_H
#define _DUMPFLT_PENDING_H

#include <linux/bio.h>
#include <linux/completion.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct dumpflt_stack;

/**
 * struct dumpflt_pending - something that has a deadline
 * @stack: on whose memory it works
 * @link: in dumpflt_stack.pending, all its life
 * @done: completes when it is over
 * @busy: begun, and not known to be over
 * @ask: for what nobody completes: is it over by now? %NULL if somebody does
 *
 * Changed by whoever may begin it. Read by others only while nobody may.
 */
struct dumpflt_pending {
	struct dumpflt_stack	*stack;
	struct list_head	link;
	struct completion	done;
	bool			busy;
	bool (*ask)(struct dumpflt_pending *pending);
};

/* A bio of the core's own; see target/sync.c */
struct dumpflt_sync {
	struct dumpflt_stack	*stack;
	struct work_struct	submit;
	struct bio		bio;
	struct bio_vec		vec;
	struct dumpflt_pending	pending;
};

/* Work that others do on our behalf */
struct dumpflt_deferred {
	struct work_struct	work;
	struct dumpflt_pending	pending;
	int			err;
};

void dumpflt_pending_init(struct dumpflt_stack *stack,
			  struct dumpflt_pending *pending);
void dumpflt_pending_exit(struct dumpflt_pending *pending);
void dumpflt_pending_begin(struct dumpflt_pending *pending);
void dumpflt_pending_end(struct dumpflt_pending *pending);
int dumpflt_pending_wait(struct dumpflt_pending *pending, unsigned int ms);
int dumpflt_pending_wait_answer(struct dumpflt_pending *pending, unsigned int ms);
bool dumpflt_pending_has_ended(struct dumpflt_pending *pending);
bool dumpflt_pending_is_busy(struct dumpflt_pending *pending);
bool dumpflt_stack_is_busy(struct dumpflt_stack *stack);

#endif /* _DUMPFLT_PENDING_H */
