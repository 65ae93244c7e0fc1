/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Alignment and rounding.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_ARITH_H
#define _DUMPFLT_COMPAT_ARITH_H

#include <linux/version.h>

/* Headers of their own since 5.11. Goes when the floor is 6.1. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#include <linux/align.h>
#include <linux/math.h>
#else
#include <linux/kernel.h>
#endif

#endif /* _DUMPFLT_COMPAT_ARITH_H */
