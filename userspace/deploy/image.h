/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The image of the capture kernel: all that is in its first file system.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_IMAGE_H
#define DUMPFLT_IMAGE_H

#include "deploy/plan.h"

int image_build(const struct plan *plan, const char *path);

#endif
