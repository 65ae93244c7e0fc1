/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small files that people write: configurations, keys.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FILE_H
#define DUMPFLT_FILE_H

#include <stdio.h>

int file_open(const char *op, const char *path);
int file_stream(const char *op, const char *path, FILE **file);

#endif
