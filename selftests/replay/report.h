/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The counts, as test results (KTAP) or for a machine (JSON).
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef REPLAY_REPORT_H
#define REPLAY_REPORT_H

#include "judge.h"

/* Both return whether all is as it should be */
bool report(const struct counts *counts, __u64 seed, bool json);
bool report_raw(const struct counts *counts, __u64 seed, bool json);

#endif
