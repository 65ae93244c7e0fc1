/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How large a dump of this machine is likely to be.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_LIKELY_H
#define DUMPFLT_LIKELY_H

#include "capture/args.h"

__u64 likely_bytes(const struct args_facts *args);

#endif
