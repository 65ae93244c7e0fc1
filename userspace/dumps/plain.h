/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a target one that a plain dump may go over?
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_PLAIN_H
#define DUMPFLT_PLAIN_H

int plain_check(const char *target, const char *advice);

#endif
