/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One dump from /proc/vmcore through the filters to the target.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CAPTURE_H
#define DUMPFLT_CAPTURE_H

#include "capture/config.h"
#include "capture/mdflog.h"
#include "capture/steps.h"
#include "kernel/kernel.h"

/* With the terminating NUL: a number, and 16 bytes in hexadecimal */
#define CAPTURE_SLOT_MAX	12
#define CAPTURE_SESSION_ID_MAX	33
#define CAPTURE_DURABILITY_MAX	24

/**
 * struct capture_result - what became of it
 * @device: the stack device, empty if it did not come to that
 * @slot: of the dump area, empty if there is none
 * @session_id: of the dump in it, likewise
 * @durability: how it became durable, as the kernel says it; empty if it
 *	does not, or if the dump is not complete
 * @log_bytes: of the kernel log, as far as it is on the target
 * @bytes: of the stream, with the log's record and makedumpfile's
 * @ms: from bringing up the stack to the end of the session
 * @log: what makedumpfile said
 */
struct capture_result {
	char		device[KERNEL_DEVICE_MAX];
	char		slot[CAPTURE_SLOT_MAX];
	char		session_id[CAPTURE_SESSION_ID_MAX];
	char		durability[CAPTURE_DURABILITY_MAX];
	__u64		log_bytes;
	__u64		bytes;
	__u64		ms;
	struct mdflog	log;
};

int capture_program(const struct config *config, char program[CONFIG_PATH_MAX]);
int capture_find_area(struct config *config);
int capture_run(struct config *config, struct capture_result *result,
		struct steps *steps);

#endif
