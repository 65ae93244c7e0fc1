/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The version of the tool.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TOOL_VERSION_H
#define DUMPFLT_TOOL_VERSION_H

#define DUMPFLT_TOOL_VERSION	"0.1.0"

#endif
