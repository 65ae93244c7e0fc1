/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fault filter: what it can be told to do, and its state.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_FAULT_H
#define _DUMPFLT_FAULT_H

#include <linux/atomic.h>
#include <linux/dumpflt.h>
#include <linux/types.h>
#include <linux/workqueue.h>

enum fault_callback {
	FAULT_INIT,
	FAULT_START,
	FAULT_WRITE,
	FAULT_READ,
	FAULT_FINISH,
	FAULT_UNLOAD,
	FAULT_NR_CALLBACKS,
};

enum fault_mode {
	FAULT_NONE,
	FAULT_ERROR,		/* return -errno */
	FAULT_POSITIVE,		/* return a positive number */
	FAULT_DELAY,		/* keep the CPU busy for ms */
	FAULT_SLEEP,		/* sleep for ms */
	FAULT_ALLOC,		/* allocate and free */
	FAULT_LENGTH,		/* change io->len */
	FAULT_OFFSET,		/* change io->offset */
	FAULT_FOREIGN,		/* install a buffer that is not ours to install */
	FAULT_MISALIGNED,	/* install the middle of the bounce buffer */
	FAULT_NRSEGS,		/* change io->nr_segs */
	FAULT_DESCRIPTOR,	/* change io->segs[0] by hand */
	FAULT_SCRIBBLE,		/* write to the source */
	FAULT_OPS,		/* change the table of callbacks */
	FAULT_EXT,		/* write to the extension */
	FAULT_PASS,		/* take a bounce buffer, and not use it */
	FAULT_UNASKED,		/* want a bounce buffer without BOUNCE */
	FAULT_NR_MODES,
};

/**
 * struct fault_plan - the options, see plan.c
 * @mode: what goes wrong
 * @at: in which callback
 * @call: at which call of it, from 1
 * @every: at each call from there on
 * @errno_value: for FAULT_ERROR and FAULT_POSITIVE, positive
 * @ms: for FAULT_DELAY and FAULT_SLEEP; for FAULT_OPS at init: how long after
 * @callbacks: bit n: callback n is in the table
 * @flags: for &dumpflt_init_data.flags_out
 * @max_pages: for &dumpflt_init_data.max_pages, 0: leave it
 * @block_size: for &dumpflt_init_data.block_size, 0: leave it
 * @chunk_meta: for &dumpflt_init_data.chunk_meta
 * @major: for &dumpflt_init_data.major
 * @reserved: fill the reserved place in the table
 */
struct fault_plan {
	enum fault_mode		mode;
	enum fault_callback	at;
	u32			call;
	bool			every;
	int			errno_value;
	u32			ms;
	u32			callbacks;
	u32			flags;
	u32			max_pages;
	u32			block_size;
	u32			chunk_meta;
	u16			major;
	bool			reserved;
};

/**
 * struct fault - an instance
 * @plan: what it was told
 * @ops: its table; not const, so that it can be changed behind the core's back
 * @calls: calls of each callback so far
 * @type: what the extension said at init, for FAULT_EXT
 * @part_start: likewise
 * @foreign: memory that is not a bounce buffer, or NULL if not needed
 * @foreign_size: its size in bytes
 * @change_ops: changes @ops after init returned
 */
struct fault {
	struct fault_plan	plan;
	struct dumpflt_ops	ops;
	atomic_t		calls[FAULT_NR_CALLBACKS];
	enum dumpflt_type	type;
	u64			part_start;
	void			*foreign;
	size_t			foreign_size;
	struct delayed_work	change_ops;
};

/* words.c */
int dumpflt_fault_parse_mode(const char *word);
int dumpflt_fault_parse_callback(const char *word, size_t len);
const char *dumpflt_fault_mode_word(enum fault_mode mode);
const char *dumpflt_fault_callback_word(enum fault_callback callback);
bool dumpflt_fault_mode_fits(enum fault_mode mode, enum fault_callback callback);

/* plan.c */
int dumpflt_fault_plan_read(struct fault_plan *plan,
			    const struct dumpflt_init_data *init_data);

/* inject.c */
void dumpflt_fault_change_ops(struct work_struct *work);
int dumpflt_fault_inject(struct fault *fault, enum fault_callback callback,
			 const struct dumpflt_extension *ext,
			 const struct dumpflt_io *io);

#endif /* _DUMPFLT_FAULT_H */
