/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions that the linker's --wrap puts in front of the C library's.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_TESTS_FAKE_KERNEL_H
#define DUMPFLT_TESTS_FAKE_KERNEL_H

#include <sys/types.h>

int __real_mkdir(const char *path, mode_t mode);
int __real_rmdir(const char *path);
ssize_t __real_write(int fd, const void *data, size_t len);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_rmdir(const char *path);
ssize_t __wrap_write(int fd, const void *data, size_t len);

#endif
