/* SPDX-License-Identifier: GPL-2.0-only OR GPL-2.0-or-later */
/*
 * The version of all that is released together: modules, tool, manual pages, packages.
 *
 * DKMS compares it to tell a newer module from the one that is installed, so no two
 * releases may share one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_VERSION_H
#define DUMPFLT_VERSION_H

#define DUMPFLT_VERSION	"0.1.0"

#endif
