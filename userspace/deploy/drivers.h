/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which modules drive a disk: what its devices in /sys say, from it up to the bus.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_DRIVERS_H
#define DUMPFLT_DRIVERS_H

#include <stddef.h>

#define DRIVERS_MAX	32
#define DRIVER_NAME_MAX	64

/**
 * struct drivers - modules, by name
 * @nr: valid entries of @name
 * @name: that of the disk first
 */
struct drivers {
	size_t	nr;
	char	name[DRIVERS_MAX][DRIVER_NAME_MAX];
};

void drivers_above(const char *path, struct drivers *drivers);
int drivers_find(const char *device, struct drivers *drivers);

#endif
