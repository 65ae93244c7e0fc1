/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What users see in configfs and sysfs.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_CONTROL_H
#define _DUMPFLT_CONTROL_H

#include "base/types.h"

/* configfs.c */
extern struct configfs_subsystem dumpflt_subsys;

/* live.c */
int dumpflt_configure_begin(struct dumpflt_stack *stack);
void dumpflt_configure_end(struct dumpflt_stack *stack);
ssize_t dumpflt_store_bool(struct dumpflt_stack *stack, bool *field,
			   const char *page, size_t count);
int dumpflt_live_begin(struct dumpflt_stack *stack);
int dumpflt_live_begin_auto(struct dumpflt_stack *stack,
			    struct configfs_subsystem *subsys,
			    bool hibernating);
int dumpflt_live_end(struct dumpflt_stack *stack);

/* configfs_filter.c */
struct config_item *dumpflt_entry_make(struct config_group *group,
				       const char *name);
void dumpflt_entry_drop(struct config_group *group, struct config_item *item);

/* sysfs.c */
int dumpflt_sysfs_add(struct dumpflt_stack *stack);
void dumpflt_sysfs_remove(struct dumpflt_stack *stack);

#endif /* _DUMPFLT_CONTROL_H */
