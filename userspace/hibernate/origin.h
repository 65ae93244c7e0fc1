/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key of this machine, for the filter that proves whose image it is.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_ORIGIN_H
#define DUMPFLT_HIBERNATE_ORIGIN_H

#include "kernel/spec.h"

int origin_load(struct stack_spec *spec, const char *path);

#endif
