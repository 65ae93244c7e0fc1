/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading what may come in pieces, and may be more than anybody wants.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_READ_ALL_H
#define DUMPFLT_READ_ALL_H

#include <sys/types.h>

ssize_t read_all(int fd, void *data, size_t size);

#endif
