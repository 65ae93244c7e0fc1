/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log out of the memory of the crashed kernel, by a program that knows
 * where it is there.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_KMSG_H
#define DUMPFLT_KMSG_H

#include "capture/run.h"

/* Of kexec-tools: it is asked if makedumpfile has no log to give */
#define KMSG_OTHER_PROGRAM	"vmcore-dmesg"
/* Why there is none, of two programs */
#define KMSG_WHY_MAX	300

/**
 * struct kmsg - the end of a text
 * @text: a ring of @room bytes
 * @room: how much of the end is kept
 * @total: bytes that have come
 * @torn: the program failed: there may have been more
 * @why: there is none, or not all of it; empty if all is well
 */
struct kmsg {
	unsigned char	*text;
	size_t		room;
	__u64		total;
	bool		torn;
	char		why[KMSG_WHY_MAX];
};

int kmsg_read(struct capture *c, struct kmsg *log);
size_t kmsg_have(const struct kmsg *log);
size_t kmsg_copy(const struct kmsg *log, size_t at, unsigned char *to, size_t len);
void kmsg_free(struct kmsg *log);

#endif
