/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All of this program in memory, for when nothing can be fetched from a disk.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_MEMORY_H
#define DUMPFLT_HIBERNATE_MEMORY_H

int memory_lock(void);
void memory_unlock(void);

#endif
