/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's random numbers, once there is a snapshot of what they are made of.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_HIBERNATE_RANDOM_H
#define DUMPFLT_HIBERNATE_RANDOM_H

int random_open(void);
int random_part(int fd);

#endif
