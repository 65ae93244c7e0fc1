// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is there randomness yet?
 *
 * A capture kernel is seconds old when it is asked for keys. Most machines have
 * an instruction or a boot loader that seeds the generator at once; others have
 * to wait for entropy. wait_for_random_bytes() does that and gathers some from
 * jitter, but it knows no limit; so it runs in a thread that can be told to
 * give up.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/random.h>
#include <linux/sched/signal.h>

#include "age.h"

static int wait_thread(void *done)
{
	allow_signal(SIGKILL);
	if (!wait_for_random_bytes())
		complete(done);
	flush_signals(current);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	return 0;
}

/**
 * dumpflt_age_wait_for_rng - wait until the kernel's generator is seeded
 *
 * At most for DUMPFLT_AGE_RNG_SECONDS.
 *
 * Context: process context; sleeps, allocates.
 * Return: 0; -ETIMEDOUT if it is not; a negative errno.
 */
int dumpflt_age_wait_for_rng(void)
{
	DECLARE_COMPLETION_ONSTACK(done);
	struct task_struct *task;
	unsigned long left;

	if (rng_is_initialized())
		return 0;
	task = kthread_run(wait_thread, &done, "dumpflt-age-rng");
	if (IS_ERR(task))
		return PTR_ERR(task);
	left = wait_for_completion_timeout(&done, DUMPFLT_AGE_RNG_SECONDS * HZ);
	if (!left)
		send_sig(SIGKILL, task, 1);
	kthread_stop(task);
	return rng_is_initialized() ? 0 : -ETIMEDOUT;
}
