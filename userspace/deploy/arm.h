/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arming a machine for its next crash, and disarming it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_ARM_H
#define DUMPFLT_ARM_H

#include "deploy/plan.h"

struct json_object;

int arm(const struct plan *plan, bool takeover, struct json_object **record);
int disarm(bool *was_armed);

#endif
