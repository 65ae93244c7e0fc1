/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stacks: the list of them, and the way to live and back.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_STACK_H
#define _DUMPFLT_STACK_H

#include "base/types.h"

extern struct mutex dumpflt_stacks_lock;
extern struct list_head dumpflt_stacks;
void dumpflt_stack_init(struct dumpflt_stack *stack, const char *name);
void dumpflt_stack_exit(struct dumpflt_stack *stack);
int dumpflt_stack_load(struct dumpflt_stack *stack);
int dumpflt_stack_quiesce(struct dumpflt_stack *stack);
void dumpflt_stack_unload(struct dumpflt_stack *stack);

#endif /* _DUMPFLT_STACK_H */
