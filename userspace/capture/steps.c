// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The steps of a capture, and how long each of them may take.
 *
 * The kernel gives up on a silent target after timeout_ms. An attribute that
 * makes it write, flush or wait may do several of these, one after the other;
 * so a step in which one is written is given a small multiple of that. What is
 * over its limit hangs, and nobody waits for it any longer. The sum of all
 * limits is what a capture takes at most, whatever hangs.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include "capture/steps.h"
#include "lib/clock.h"

/* Others may have the stack device open for a moment when it is to go; seconds */
#define DOWN_BUSY	5
/* Loading modules, mounting configfs; seconds */
#define MODULE_LOAD	30
/* To end what hangs, and to say so; seconds */
#define ENDING		15

static const struct {
	const char	*word;
	unsigned int	timeouts;
	unsigned int	seconds;
} steps_known[STEP_NR] = {
	[STEP_MODULE]	= { "loading the module", 0, MODULE_LOAD },
	[STEP_TARGET]	= { "waiting for the target", 1, 0 },
	[STEP_AREA]	= { "looking for a dump area", 1, 0 },
	[STEP_LIVE]	= { "bringing up the stack", 4, 0 },
	[STEP_START]	= { "beginning the session", 4, 0 },
	[STEP_LOG]	= { "keeping the kernel log", 2, 0 },
	[STEP_DUMP]	= { "writing the dump", 2, 0 },
	[STEP_END]	= { "ending the session", 4, 0 },
	[STEP_DOWN]	= { "taking the stack down", 4, DOWN_BUSY },
};

/* What the kernel uses, too */
__u64 steps_timeout_ms(const struct config *config)
{
	return config->stack.timeout_ms ? config->stack.timeout_ms :
					  DUMPFLT_TIMEOUT_MS_DEF;
}

void steps_enter(struct steps *steps, enum capture_step step)
{
	steps->since = now_ms();
	steps->step = step;
}

const char *steps_word(enum capture_step step)
{
	return steps_known[step].word;
}

/* Whether it comes to that */
static bool is_taken(const struct config *config, unsigned int step)
{
	return step != STEP_LOG || config->log;
}

/* How often, at most, the target is waited for until the kernel gives up on it */
unsigned int steps_timeouts(const struct config *config)
{
	unsigned int step, sum = 0;

	for (step = 0; step < STEP_NR; step++)
		if (is_taken(config, step))
			sum += steps_known[step].timeouts;
	return sum;
}

/* How long a step may take before it is taken for one that hangs */
__u64 steps_limit_ms(const struct config *config, enum capture_step step)
{
	__u64 seconds = steps_known[step].seconds + STEPS_GRACE;

	if (step == STEP_TARGET)
		seconds += config->wait_for_target;
	if (step == STEP_LOG)
		seconds += config->log_seconds;
	if (step == STEP_DUMP)
		seconds += config->max_seconds;
	return seconds * 1000 + steps_known[step].timeouts * steps_timeout_ms(config);
}

/* How long a capture takes at most */
__u64 steps_budget_ms(const struct config *config)
{
	__u64 sum = (__u64)ENDING * 1000;
	unsigned int step;

	for (step = 0; step < STEP_NR; step++)
		if (is_taken(config, step))
			sum += steps_limit_ms(config, step);
	return sum;
}

/* How long makedumpfile may be silent: no less than a target may */
__u64 steps_quiet_ms(const struct config *config)
{
	__u64 timeout = steps_timeout_ms(config);

	return timeout > STEPS_QUIET * 1000ULL ? timeout : STEPS_QUIET * 1000ULL;
}
