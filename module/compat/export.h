/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exports in our namespace. For <linux/export.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_EXPORT_H
#define _DUMPFLT_COMPAT_EXPORT_H

#include <linux/export.h>

/*
 * The namespace is an identifier before 6.13 and a string since
 * (cdd30ebb1b9f "module: Convert symbol namespace to string literal").
 * Goes when the floor is 6.13.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define EXPORT_SYMBOL_DUMPFLT(sym)	EXPORT_SYMBOL_NS_GPL(sym, "DUMPFLT")
#else
#define EXPORT_SYMBOL_DUMPFLT(sym)	EXPORT_SYMBOL_NS_GPL(sym, DUMPFLT)
#endif

#endif /* _DUMPFLT_COMPAT_EXPORT_H */
