/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine has beside its disk that a capture kernel can use.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_MACHINE_H
#define DUMPFLT_MACHINE_H

#include "deploy/modules.h"

void machine_add(struct module_set *set);

#endif
