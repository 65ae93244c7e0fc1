/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard input, output and error: that they are there, and that what was
 * printed has arrived.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_STANDARD_H
#define DUMPFLT_STANDARD_H

#include <stdbool.h>

bool standard_open(void);
int standard_close(int code);

#endif
