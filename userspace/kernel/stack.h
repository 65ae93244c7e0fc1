/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bringing a stack up and taking it down again.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_STACK_H
#define DUMPFLT_STACK_H

#include "kernel/kernel.h"
#include "kernel/spec.h"

int stack_up(const struct stack_spec *spec, bool live);
int stack_unload(const char *name);
int stack_down(const char *name);
int stack_device(const char *name, char device[KERNEL_DEVICE_MAX]);
int stack_node(const char *name, char device[KERNEL_DEVICE_MAX],
	       char path[KERNEL_PATH_MAX]);
/* There is no stack of that name */
#define STACK_NONE_HINT "'dumpflt list' lists the stacks that exist."

void stack_report(const char *op, const char *name, int err, const char *hint);
int stack_check_left_out(const struct stack_spec *spec, bool started);
void stack_warn_left_out(const char *name);

#endif
