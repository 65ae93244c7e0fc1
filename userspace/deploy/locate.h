/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the dump area is in this boot, for those who need exactly one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_LOCATE_H
#define DUMPFLT_LOCATE_H

#include "area/find.h"

int locate_area(const __u8 id[AREA_ID_SIZE], const char *conf,
		char device[AREA_DEVICE_MAX]);

#endif
