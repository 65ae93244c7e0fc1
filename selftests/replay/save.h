/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images in a file, for whoever reads disks and not memory: the module.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_SAVE_H
#define REPLAY_SAVE_H

#include "plan.h"

/* One image behind the other, each as large as the disk. 0, or 1 for failure */
int save_plan(struct disk *disk, const struct plan *plan, const char *path);

#endif
