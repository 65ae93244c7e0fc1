/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which area a hibernation is about.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATION_AREA_H
#define DUMPFLT_HIBERNATION_AREA_H

#include "hibernate/conf.h"

int hibernation_area(int argc, char **argv, const char *config,
		     struct hibernation_conf *conf, const char **area);

#endif
