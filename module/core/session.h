/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sessions.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_SESSION_H
#define _DUMPFLT_SESSION_H

#include "base/types.h"

int dumpflt_session_start(struct dumpflt_stack *stack, bool read);
int dumpflt_session_end(struct dumpflt_stack *stack, enum dumpflt_end how,
			u64 length);

#endif /* _DUMPFLT_SESSION_H */
