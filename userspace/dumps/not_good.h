/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dumpflt authors */
#ifndef DUMPFLT_NOT_GOOD_H
#define DUMPFLT_NOT_GOOD_H

#include <stdbool.h>

#include "lib/finding.h"

struct area_slot;

bool slot_is_damaged(const struct area_slot *slot);
void slot_not_good(const struct area_slot *slot);
void slot_not_opened(const struct area_slot *slot, const char *wrong);
enum finding file_finding(const char *wrong);

#endif
