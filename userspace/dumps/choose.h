/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which dump of an area is meant if nobody says which.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CHOOSE_H
#define DUMPFLT_CHOOSE_H

#include "dumps/open.h"

int choose_newest(const struct open_area *open, __u32 *number);
int choose_to_extract(const struct open_area *open, bool salvage, __u32 *number);

#endif
