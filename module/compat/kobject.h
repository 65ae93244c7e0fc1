/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Types of kobjects. For <linux/kobject.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_KOBJECT_H
#define _DUMPFLT_COMPAT_KOBJECT_H

#include <linux/kobject.h>
#include <linux/version.h>

/*
 * Only read, but not declared so before 5.17 (ee6d3dd4ed48 "driver core: make
 * kobj_type constant."). Goes when the floor is 6.1.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
static inline const struct kobj_type *
dumpflt_compat_ktype(const struct kobj_type *ktype)
{
	return ktype;
}
#else
static inline struct kobj_type *
dumpflt_compat_ktype(const struct kobj_type *ktype)
{
	return (struct kobj_type *)ktype;
}
#endif

#endif /* _DUMPFLT_COMPAT_KOBJECT_H */
