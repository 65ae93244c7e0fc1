/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stacks that come and go with a hibernation.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_HIBERNATION_H
#define _DUMPFLT_HIBERNATION_H

int dumpflt_hibernation_init(void);
void dumpflt_hibernation_exit(void);

#endif /* _DUMPFLT_HIBERNATION_H */
