/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first error of a session or a stack, in words.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_ERROR_H
#define _DUMPFLT_ERROR_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct dumpflt_instance;
struct dumpflt_stack;

/* Bytes of a message, with its NUL */
#define DUMPFLT_ERROR_TEXT	320
/* Bytes of what a filter may add to it, with its NUL */
#define DUMPFLT_WHY_TEXT	200

/**
 * struct dumpflt_error - the first error, in words
 * @lock: guards the rest
 * @err: negative errno, 0 for none
 * @fatal: it failed the session or the stack; replaces one that did not
 * @text: who, in which callback, where, and the errno
 */
struct dumpflt_error {
	spinlock_t	lock;		/* guards all of it */
	int		err;
	bool		fatal;
	char		text[DUMPFLT_ERROR_TEXT];
};

void dumpflt_one_line(char *text);
void dumpflt_error_init(struct dumpflt_error *error);
void dumpflt_error_reset(struct dumpflt_error *error);
int dumpflt_error_get(struct dumpflt_error *error, char *text, size_t size);
__printf(4, 5)
void dumpflt_fail(struct dumpflt_stack *stack, struct dumpflt_instance *inst,
		  int err, const char *fmt, ...);
__printf(4, 5)
void dumpflt_note(struct dumpflt_stack *stack, struct dumpflt_instance *inst,
		  int err, const char *fmt, ...);

#endif /* _DUMPFLT_ERROR_H */
