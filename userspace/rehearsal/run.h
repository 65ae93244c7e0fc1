/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program that is run to be measured.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REHEARSAL_RUN_H
#define DUMPFLT_REHEARSAL_RUN_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/progress.h"
#include "rehearsal/peak.h"

#define RUN_TEXT_MAX	16384

/**
 * struct run - what came of it
 * @progress: is shown meanwhile
 * @phase: in a word
 * @total: bytes that it is likely to write; 0 if that is not known
 * @us: that it took
 * @cpu_us: time of a processor, its own and ours, of that
 * @bytes: that it wrote to standard output
 * @text: the beginning of these
 * @words: the beginning of what it wrote to standard error
 * @peak: what memory it and its children had
 */
struct run {
	struct progress	*progress;
	const char	*phase;
	__u64		total;
	__u64		us;
	__u64		cpu_us;
	__u64		bytes;
	char		text[RUN_TEXT_MAX];
	char		words[RUN_TEXT_MAX];
	struct peak	peak;
};

int run_program(struct run *run, const char *path, char *const argv[]);
void run_hint(const struct run *run);

#endif
