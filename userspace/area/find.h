/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump area found by its id, on whatever device it is in this boot.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#ifndef DUMPFLT_AREA_FIND_H
#define DUMPFLT_AREA_FIND_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define AREA_ID_SIZE	16
#define AREA_ID_TEXT	(2 * AREA_ID_SIZE + 1)
/* "/dev/" and the name of a block device, with the NUL */
#define AREA_DEVICE_MAX	64

bool area_is_on(const char *path, const __u8 id[AREA_ID_SIZE]);
int area_each_device(const char *root, void (*visit)(void *ctx, const char *device),
		     void *ctx);
bool area_id_parse(const char *text, __u8 id[AREA_ID_SIZE]);

#endif
