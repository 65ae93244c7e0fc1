/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * That a rehearsal is under way, in a file that stays if it is killed.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_REHEARSING_H
#define DUMPFLT_REHEARSING_H

#include "deploy/plan.h"

int rehearsing_begin(const struct plan *plan, __u64 number);
void rehearsing_end(void);
void rehearsing_forget_others(void);
bool rehearsing_left(const __u8 id[AREA_ID_SIZE], __u64 number, bool crashed);

#endif
