/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who works with a stack from its start to its end, and is not to be disturbed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CLAIM_H
#define DUMPFLT_CLAIM_H

#include <sys/types.h>

int claim_stack(const char *name, pid_t *owner);
void claim_end(int claim);

#endif
