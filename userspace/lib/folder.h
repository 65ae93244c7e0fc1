/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folders that files are put into, on whatever file system.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_FOLDER_H
#define DUMPFLT_FOLDER_H

#include <dirent.h>
#include <stdbool.h>
#include <sys/types.h>

bool folder_cannot(int err);
int folder_check_own(int fd);
int folder_open_own(const char *path);
int folder_make_own(const char *path, mode_t mode);
DIR *folder_list(int folder);
int folder_sync(int fd, const char *path);

#endif
