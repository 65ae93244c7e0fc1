// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the dump area is in this boot, for those who need exactly one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "deploy/locate.h"
#include "deploy/root.h"
#include "dumps/find_area.h"

/**
 * locate_area() - find the one block device that has an area
 * @id: of the area
 * @conf: the configuration file that it is from
 * @device: filled, without the folder of a test
 *
 * Return: as find_area(); it is reported
 */
int locate_area(const __u8 id[AREA_ID_SIZE], const char *conf,
		char device[AREA_DEVICE_MAX])
{
	char hint[ROOT_PATH_MAX];
	struct area_wait none;

	if (!format_string(hint, sizeof(hint),
			   "'dumpflt show DEVICE' prints the id of one: write that into [area] of %s.",
			   conf))
		return -ENAMETOOLONG;
	area_wait_begin(&none, conf, 0);
	return find_area("looking for the dump area", root(), id, hint, &none, device);
}
