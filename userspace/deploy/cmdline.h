/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of the capture kernel: made from a list, not taken over.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_CMDLINE_H
#define DUMPFLT_CMDLINE_H

/* Of x86, less what the kernel puts before it */
#define CMDLINE_MAX	1900

int cmdline_make(const char *append, char text[CMDLINE_MAX]);

#endif
