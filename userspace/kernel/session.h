/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Beginning and ending a session of a stack.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SESSION_H
#define DUMPFLT_SESSION_H

#include "kernel/kernel.h"

/* Length of a dump: all that was written */
#define SESSION_ALL	(~0ULL)

int session_start(const char *stack);
int session_read(const char *stack);
int session_check_written(const char *stack);
int session_finish(const char *stack, __u64 bytes,
		   char state[KERNEL_VALUE_MAX]);
/* Words that say why a dump was aborted; more is cut off */
#define SESSION_WORDS_MAX	150

int session_check_open(const char *stack);
int session_abort(const char *stack, const char *words);

#endif
