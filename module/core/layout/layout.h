/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a layout is: how a dump is laid out on its target. Only stack.c picks
 * one; nobody else in the core asks which one a stack has.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_LAYOUT_H
#define _DUMPFLT_LAYOUT_H

#include "filter/filter.h"

struct dumpflt_record_block;

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
 * struct dumpflt_layout_ops - what a layout can do
 * @open: check that the target is one for this layout, and say so if it is
 *	not; allocate what does not depend on the filters
 * @limit: lower the stack's limits to what the layout allows
 * @capacity: bytes that a dump may have
 * @prepare: allocate what depends on the filters and the limits
 * @close: undo @open and @prepare
 * @answers_reads: in a dump session reads are answered here, not by the target
 * @takes_page_cache: a block may be written at any time, as often as one likes
 * @readable: 0 if a dump can be read back through the filters, else it says why
 *	not
 * @begin: before any filter starts
 * @begin_read: likewise, in a session that reads
 * @read_started: after every filter has started, before the first read
 * @left_out: the instance of that index takes no part in the session
 * @started: after every filter has started, before the first write
 * @abandon: @begin succeeded, but the session does not begin
 * @close_dump: no more data comes from above; write what is still missing of
 *	the dump, unless it has failed
 * @end: after every filter has finished: make the dump durable
 * @forget: the session is over, whatever became of it; wipe its secrets
 * @says_complete: does the target say, or may it, that the last dump is complete?
 * @drop: let it say so no more, durably
 * @write: take a request's data through the filters; @send is %true, and says
 *	afterwards whether the data is to be sent to the target
 * @written: the target has answered for data that was sent; any context
 * @read: answer a read, or leave @send %true to have the target asked
 * @arrived: the target has answered that; before the filters get it
 * @checkpoint: a flush from above; what was written before is to be found later
 * @submit: send data to where it belongs on the target, or fetch it from there
 * @session_id: slot and id of the present or last session, or -ENOENT
 *
 * Called with the stack's lock held, all but @capacity of them in process
 * context; from @begin to @forget, but for the next ones, with the queue frozen.
 * @write, @read, @arrived, @submit and @checkpoint are called in a lane, @session_id
 * without a lock.
 *
 * What may fail returns 0 or a negative errno, which has failed the session or
 * the stack then.
 */
struct dumpflt_layout_ops {
	int (*open)(struct dumpflt_stack *stack);
	void (*limit)(struct dumpflt_stack *stack);
	u64 (*capacity)(const struct dumpflt_stack *stack);
	int (*prepare)(struct dumpflt_stack *stack);
	void (*close)(struct dumpflt_stack *stack);

	bool answers_reads;
	bool takes_page_cache;
	int (*readable)(struct dumpflt_stack *stack);
	int (*begin)(struct dumpflt_stack *stack);
	int (*begin_read)(struct dumpflt_stack *stack);
	int (*read_started)(struct dumpflt_stack *stack);
	void (*left_out)(struct dumpflt_stack *stack, unsigned int index);
	int (*started)(struct dumpflt_stack *stack);
	void (*abandon)(struct dumpflt_stack *stack);
	void (*close_dump)(struct dumpflt_stack *stack, u64 length);
	void (*end)(struct dumpflt_stack *stack, enum dumpflt_end how);
	void (*forget)(struct dumpflt_stack *stack);
	bool (*says_complete)(const struct dumpflt_stack *stack);
	int (*drop)(struct dumpflt_stack *stack);

	int (*write)(struct dumpflt_transfer *transfer, bool *send);
	void (*written)(struct dumpflt_transfer *transfer, bool success);
	int (*read)(struct dumpflt_transfer *transfer, bool *send);
	int (*arrived)(struct dumpflt_transfer *transfer);
	int (*checkpoint)(struct dumpflt_stack *stack);
	void (*submit)(struct dumpflt_transfer *transfer, dumpflt_compat_opf opf,
		       bio_end_io_t *end_io);

	int (*session_id)(const struct dumpflt_stack *stack, u32 *slot,
			  u8 session[16]);
};

/* mac.c */
void dumpflt_mac_init(void);
void dumpflt_mac_exit(void);

/* plain.c, area.c */
extern const struct dumpflt_layout_ops dumpflt_layout_plain;
extern const struct dumpflt_layout_ops dumpflt_layout_area;

#endif /* _DUMPFLT_LAYOUT_H */
