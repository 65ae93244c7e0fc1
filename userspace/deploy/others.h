/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Another kdump on this machine: is it in charge, and may it be taken over?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_OTHERS_H
#define DUMPFLT_OTHERS_H

#include <stdbool.h>

int others_check(bool takeover);
int others_take_over(void);
void others_hint_back(void);

#endif
