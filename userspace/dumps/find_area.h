/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump area among all disks of a machine, some of which may never answer.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FIND_AREA_H
#define DUMPFLT_FIND_AREA_H

#include "area/find.h"
#include "dumps/area_wait.h"

int find_area(const char *op, const char *root, const __u8 id[AREA_ID_SIZE],
	      const char *advice, struct area_wait *wait, char device[AREA_DEVICE_MAX]);

#endif
