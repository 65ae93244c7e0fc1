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
 */
#define EXPORT_SYMBOL_DUMPFLT(sym)	EXPORT_SYMBOL_NS_GPL(sym, DUMPFLT)

#endif /* _DUMPFLT_COMPAT_EXPORT_H */
