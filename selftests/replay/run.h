/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tries the images of a plan, and survives those that the reader does not.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_RUN_H
#define REPLAY_RUN_H

#include "judge.h"
#include "plan.h"

int run_plan(const struct truth *truth, const struct plan *plan, struct counts *counts);

#endif
