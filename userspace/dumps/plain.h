/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is there something that is still wanted where a plain dump would go, or the
 * first header of a dump area?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PLAIN_H
#define DUMPFLT_PLAIN_H

#include "dumps/open.h"

int plain_check(const char *target, const char *advice);
int plain_check_area(struct open_area *open);
int plain_check_live(struct open_area *open);

#endif
