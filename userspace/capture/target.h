/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waiting for the device that the dump goes to.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TARGET_H
#define DUMPFLT_TARGET_H

#include <linux/types.h>
#include <stdbool.h>

bool target_is_nbd(const char *target);
bool target_is_device(const char *target);
int target_ready(const char *target);
int target_wait(const char *target, __u64 seconds);

#endif
