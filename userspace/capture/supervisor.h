/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture in a process of its own, and one that never waits for what hangs.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SUPERVISOR_H
#define DUMPFLT_SUPERVISOR_H

#include "capture/capture.h"
#include "capture/steps.h"

/**
 * struct capture_shared - what the two processes share
 * @steps: where the capture is
 * @result: what became of it, as far as it goes
 */
struct capture_shared {
	struct steps		steps;
	struct capture_result	result;
};

/* In the process of its own. Returns: its exit code */
typedef int (*supervised_work)(struct config *config,
			       struct capture_shared *shared, void *ctx);

int supervise(struct config *config, struct capture_shared *shared,
	      supervised_work work, void *ctx);
struct capture_shared *supervisor_share(void);

#endif
