// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the core's tracepoints are made.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#define CREATE_TRACE_POINTS
#include "base/trace.h"

/* For who watches filters at work from a module, as the self-tests do */
EXPORT_TRACEPOINT_SYMBOL_GPL(dumpflt_filter_enter);
EXPORT_TRACEPOINT_SYMBOL_GPL(dumpflt_filter_call);
EXPORT_TRACEPOINT_SYMBOL_GPL(dumpflt_session);
