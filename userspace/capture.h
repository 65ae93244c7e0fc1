/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One dump from /proc/vmcore through the filters to the target.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CAPTURE_H
#define DUMPFLT_CAPTURE_H

#include "config.h"
#include "kernel.h"
#include "mdflog.h"

/**
 * struct capture_result - what became of it
 * @device: the stack device, empty if it did not come to that
 * @bytes: of makedumpfile's stream
 * @ms: from bringing up the stack to the end of the session
 * @log: what makedumpfile said
 */
struct capture_result {
	char		device[KERNEL_DEVICE_MAX];
	__u64		bytes;
	__u64		ms;
	struct mdflog	log;
};

int capture_program(const struct config *config, char program[CONFIG_PATH_MAX]);
int capture_run(const struct config *config, struct capture_result *result);

#endif
