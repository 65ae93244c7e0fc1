/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small files that people write: configurations, keys.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FILE_H
#define DUMPFLT_FILE_H

int file_open(const char *path);
void file_report_open(const char *op, const char *path, int err);

#endif
