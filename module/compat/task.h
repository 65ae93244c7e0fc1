/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a task is like at the moment. For <linux/sched.h>.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_COMPAT_TASK_H
#define _DUMPFLT_COMPAT_TASK_H

#include <linux/sched.h>
#include <linux/version.h>

/*
 * Called @__state since 5.14 (2f064a59a11f "sched: Change task_struct::state").
 * Goes when the floor is 6.1, which has get_current_state().
 */
static inline unsigned int dumpflt_compat_task_state(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return READ_ONCE(current->__state);
#else
	return READ_ONCE(current->state);
#endif
}

/*
 * How often migrate_disable() was called and not undone. Counted apart from
 * preemption since 5.11 (af449901b84c "sched: Add migrate_disable()"), where there
 * is somewhere to migrate to. Goes when the floor is 6.1, but for CONFIG_SMP.
 */
static inline unsigned int dumpflt_compat_migration_disabled(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0) && defined(CONFIG_SMP)
	return current->migration_disabled;
#else
	return 0;
#endif
}

#endif /* _DUMPFLT_COMPAT_TASK_H */
