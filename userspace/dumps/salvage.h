/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to do about a dump that is not whole.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SALVAGE_H
#define DUMPFLT_SALVAGE_H

#include "area/area.h"

void report_salvage(const char *path, const struct area_slot *slot,
		    const char *then);

#endif
