/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between kernel versions, behind names of our own. The only
 * place in the project that looks at the version.
 *
 * The tests run on Debian's 5.10, 6.1, 6.12 and 7.2 (Documentation/compat.md). The
 * block layer had still other forms from 5.11 to 6.0 and from 6.2 to 6.11, which
 * are not here. A kernel outside may well need only a
 * look at the shims below, but that look has to happen.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_H
#define _DUMPFLT_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "dumpflt needs Linux 5.10 or later"
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "dumpflt has not been tried on this kernel: see module/compat/"
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0) && \
	LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "dumpflt has not been tried on this kernel: see module/compat/"
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 3, 0)
#error "dumpflt has not been tried on this kernel: see module/compat/"
#endif

#include "arith.h"
#include "bdev.h"
#include "bio.h"
#include "disk.h"
#include "export.h"
#include "gendisk.h"
#include "kobject.h"
#include "mq.h"
#include "query.h"
#include "sha2.h"
#include "task.h"

#endif /* _DUMPFLT_COMPAT_H */
