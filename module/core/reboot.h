/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of sessions before a reboot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef _DUMPFLT_REBOOT_H
#define _DUMPFLT_REBOOT_H

#include <linux/types.h>

int dumpflt_reboot_init(void);
void dumpflt_reboot_exit(void);

#endif /* _DUMPFLT_REBOOT_H */
