/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_SESSION_H
#define _DUMPFLT_SESSION_H

#include "base/types.h"

int dumpflt_session_start(struct dumpflt_stack *stack, bool read, u32 slot);
int dumpflt_session_end(struct dumpflt_stack *stack, enum dumpflt_end how,
			u64 length);
int dumpflt_session_drop(struct dumpflt_stack *stack);
void dumpflt_session_forbid(void);
bool dumpflt_session_is_coming_or_open(const struct dumpflt_stack *stack);
void dumpflt_session_going_down(struct work_struct *work);

#endif /* _DUMPFLT_SESSION_H */
