/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much memory a process and all that it starts had at most.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PEAK_H
#define DUMPFLT_PEAK_H

#include <linux/types.h>
#include <stddef.h>
#include <sys/types.h>

#define PEAK_PROCESSES	16

/**
 * struct peak - what was seen so far
 * @nr: valid entries of @pid and @kib
 * @pid: processes
 * @kib: the most that each of them had
 */
struct peak {
	size_t	nr;
	pid_t	pid[PEAK_PROCESSES];
	__u64	kib[PEAK_PROCESSES];
};

void peak_look(struct peak *peak, pid_t pid);
__u64 peak_bytes(const struct peak *peak);

#endif
