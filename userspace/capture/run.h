/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture, inside: capture.c has the order of things, makedumpfile.c the dump.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_RUN_H
#define DUMPFLT_RUN_H

#include "capture/blkout.h"
#include "capture/capture.h"
#include "flat/flat.h"
#include "kernel/session.h"
#include "lib/child.h"
#include "lib/progress.h"

/**
 * struct capture - where it is
 * @config: what, how and where to
 * @result: filled as far as it goes
 * @steps: told which step it is
 * @program: makedumpfile, as a path
 * @child: it, running
 * @out: the stack device
 * @flat: the parser of the stream
 * @progress: of the dump
 * @begun: when makedumpfile was started, as from now_ms()
 * @heard: when it said or wrote something last
 * @saved: when the last checkpoint was
 * @messages_end: it says no more
 * @why: the dump is not whole, for its receipt; empty if the first error says it
 */
struct capture {
	struct config		*config;
	struct capture_result	*result;
	struct steps		*steps;
	char			program[CONFIG_PATH_MAX];
	struct child		child;
	struct blkout		out;
	struct flat_parser	flat;
	struct progress		progress;
	__u64			begun;
	__u64			heard;
	__u64			saved;
	bool			messages_end;
	char			why[SESSION_WORDS_MAX];
};

int makedumpfile_run(struct capture *c);

#endif
