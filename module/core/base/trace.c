// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the core's tracepoints are made.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define CREATE_TRACE_POINTS
#include "base/trace.h"
