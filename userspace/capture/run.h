/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture, inside: capture.c has the order of things, log.c the kernel log,
 * makedumpfile.c the dump, store.c what is written of both.
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
 * @child: it, or what reads the kernel log, running
 * @out: the stack device
 * @flat: the parser of makedumpfile's stream
 * @drop: bytes of its header that are not written: that of the log was
 * @log_place: where the kernel log belongs in the dump file
 * @log_end: bytes of the stream up to the end of its record, 0 if there is none
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
	size_t			drop;
	__u64			log_place;
	__u64			log_end;
	struct progress		progress;
	__u64			begun;
	__u64			heard;
	__u64			saved;
	bool			messages_end;
	char			why[SESSION_WORDS_MAX];
};

/* store.c */
int store_flush(struct capture *c);
int store_checkpoint(struct capture *c);
int store_save(struct capture *c);
int store_check_stop(struct capture *c);

/* log.c */
int log_keep(struct capture *c);

/* makedumpfile.c */
int makedumpfile_run(struct capture *c);

#endif
