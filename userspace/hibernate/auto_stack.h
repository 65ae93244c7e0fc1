/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stack that an image goes through, there and back.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_AUTO_STACK_H
#define DUMPFLT_HIBERNATE_AUTO_STACK_H

#include "kernel/spec.h"

/* Of the stack, while there is one */
#define AUTO_STACK	"hibernation"

int auto_stack_up(const struct stack_spec *spec, const char *op, int *claimed);
int auto_stack_down(int claimed);
void auto_stack_report(int err);

#endif
