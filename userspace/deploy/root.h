/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the files of the running system are: below /, or below a test's folder.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_ROOT_H
#define DUMPFLT_ROOT_H

#include "lib/text.h"

#define ROOT_PATH_MAX	512

const char *root(void);
__printf(2, 3) bool root_path(char path[ROOT_PATH_MAX], const char *fmt, ...);
bool root_exists(const char *path);
bool root_has_link(const char *path);
bool root_line(const char *path, char *line, size_t size);
bool root_says_yes(const char *path);
bool root_is_locked_down(void);
char *root_load(const char *path, size_t *size);

#endif
