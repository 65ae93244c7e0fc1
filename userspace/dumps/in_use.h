/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who uses a block device, or the file behind a loop device or of a virtual machine?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_IN_USE_H
#define DUMPFLT_IN_USE_H

#include <stdbool.h>

/* With the terminating NUL; a mount point that is longer is cut */
#define IN_USE_TEXT_MAX	320

bool in_use_device(const char *path, char words[IN_USE_TEXT_MAX]);
bool in_use_machine(int fd);
bool in_use_file(int fd, char words[IN_USE_TEXT_MAX]);

#endif
