/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a capture would fail at, as far as that can be known before the crash.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REHEARSE_H
#define DUMPFLT_REHEARSE_H

#include "capture/config.h"
#include "kernel/kernel.h"

int rehearse_device(const char *target);
int rehearse(const struct config *config, const char *program, bool ready);
int rehearse_in_kernel(const struct config *config, bool ready,
		       char not_checked[KERNEL_VALUE_MAX]);

#endif
