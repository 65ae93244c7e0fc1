/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of a kernel, before it is loaded: is it whole, and the right one?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_KERNELFILE_H
#define DUMPFLT_KERNELFILE_H

#include <linux/types.h>

int kernelfile_check(const char *path, const char *release, __u64 *memory);

#endif
