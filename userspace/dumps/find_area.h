/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump area among all disks of a machine, some of which may never answer.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FIND_AREA_H
#define DUMPFLT_FIND_AREA_H

#include "area/find.h"

int find_area(const char *op, const char *root, const __u8 id[AREA_ID_SIZE],
	      const char *advice, char device[AREA_DEVICE_MAX]);
bool area_is_there(const char *root, const __u8 id[AREA_ID_SIZE]);

#endif
