/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where work goes that no CPU in particular has to do. For <linux/workqueue.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_WORKQUEUE_H
#define _DUMPFLT_COMPAT_WORKQUEUE_H

/*
 * The new name exists since 6.17 (128ea9f6ccfb "workqueue: Add
 * system_percpu_wq and system_dfl_wq"); 7.2 warns at the old one. Goes when the
 * floor is 6.17.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define dumpflt_compat_unbound_wq	system_dfl_wq
#else
#define dumpflt_compat_unbound_wq	system_unbound_wq
#endif

#endif /* _DUMPFLT_COMPAT_WORKQUEUE_H */
