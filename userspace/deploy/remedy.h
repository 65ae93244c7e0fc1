/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to type about what is missing, on the distribution that runs.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REMEDY_H
#define DUMPFLT_REMEDY_H

#include <linux/types.h>

void remedy_crashkernel(__u64 mib);
void remedy_install(const char *program, const char *package);

#endif
