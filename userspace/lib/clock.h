/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How late it is, by a clock that nobody sets.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CLOCK_H
#define DUMPFLT_CLOCK_H

#include <linux/types.h>

__u64 now_ms(void);

#endif
