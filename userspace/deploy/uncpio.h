/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unpacking an image, as the kernel does it.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_UNCPIO_H
#define DUMPFLT_UNCPIO_H

int image_unpack(const char *image, const char *folder);

#endif
