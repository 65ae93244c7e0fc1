/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log that a capture has kept before the dump, and nothing else.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_DMESG_H
#define DUMPFLT_DMESG_H

#include "dumps/sink.h"

/* There is all that is wanted: what a reader stops with, and nobody reports */
#define DMESG_ENOUGH	(-ECANCELED)

int dmesg_put(struct sink *sink, const unsigned char *data, size_t len);
int dmesg_end(struct sink *sink, int ret);

#endif
