/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What libblkid recognises on a device.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_SIGNATURE_H
#define DUMPFLT_SIGNATURE_H

/* "a file system or the like (TYPE)", with the terminating NUL */
#define SIGNATURE_TEXT_MAX	96

int signature_find(int fd, char text[SIGNATURE_TEXT_MAX]);
int signature_wipe(int fd);

#endif
