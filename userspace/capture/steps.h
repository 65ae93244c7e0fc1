/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a capture, and how long each of them may take.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_STEPS_H
#define DUMPFLT_STEPS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "capture/config.h"

/* Beyond what is computed for a step, for everything that only takes time; seconds */
#ifndef STEPS_GRACE
#define STEPS_GRACE	30
#endif
/* How long makedumpfile may say nothing and write nothing, at least; seconds */
#ifndef STEPS_QUIET
#define STEPS_QUIET	300
#endif

enum capture_step {
	STEP_MODULE,
	STEP_TARGET,
	STEP_AREA,
	STEP_LIVE,
	STEP_START,
	STEP_LOG,
	STEP_DUMP,
	STEP_END,
	STEP_DOWN,
	STEP_NR,
};

/**
 * struct steps - where a capture is; shared with who supervises it
 * @step: the present one
 * @since: when it began, as from now_ms()
 * @ours: the stack, if there is one, is that of this capture
 * @child: makedumpfile, or what reads the kernel log, or 0
 */
struct steps {
	_Atomic unsigned int	step;
	_Atomic __u64		since;
	_Atomic bool		ours;
	_Atomic pid_t		child;
};

void steps_enter(struct steps *steps, enum capture_step step);
const char *steps_word(enum capture_step step);
__u64 steps_limit_ms(const struct config *config, enum capture_step step);
unsigned int steps_timeouts(const struct config *config);
__u64 steps_timeout_ms(const struct config *config);
__u64 steps_budget_ms(const struct config *config);
__u64 steps_quiet_ms(const struct config *config);

#endif
