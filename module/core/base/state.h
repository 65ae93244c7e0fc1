/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The states of stacks and filters, and how a session ends.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_STATE_H
#define _DUMPFLT_STATE_H

#include <linux/dumpflt.h>
#include <linux/types.h>

struct dumpflt_instance;
struct dumpflt_stack;

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

/* Length of a dump: all that was written */
#define DUMPFLT_ALL_WRITTEN	U64_MAX
/* No slot of a dump area was named */
#define DUMPFLT_NO_SLOT		U32_MAX

/* A session that is interrupted has lost; a reboot waits no longer for it */
#define DUMPFLT_INTERRUPT_MS	30000U
/* For the requests under way, and then for what the core itself asks of the target */
#define DUMPFLT_INTERRUPT_WAITS	2

/* All waits of one end of a session together have at least so long for each of them */
#define DUMPFLT_WAIT_MIN_MS	10000U

/* How a session ends */
enum dumpflt_end {
	DUMPFLT_END_FINISH,	/* the writer says that all is written */
	DUMPFLT_END_ABORT,	/* the writer says that the dump is not whole */
	DUMPFLT_END_INTERRUPT,	/* reboot or unload */
};

const char *dumpflt_type_word(enum dumpflt_type type);
const char *dumpflt_state_word(enum dumpflt_state state);
const char *dumpflt_filter_state_word(enum dumpflt_filter_state state);
bool dumpflt_stack_is_live(const struct dumpflt_stack *stack);
bool dumpflt_session_is_open(const struct dumpflt_stack *stack);
bool dumpflt_instance_is_critical(const struct dumpflt_instance *inst);
bool dumpflt_instance_may_lack(const struct dumpflt_instance *inst);
void dumpflt_stack_set_state(struct dumpflt_stack *stack,
			     enum dumpflt_state state);

#endif /* _DUMPFLT_STATE_H */
