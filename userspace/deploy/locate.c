// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the dump area is in this boot, for those who need exactly one.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>

#include "deploy/locate.h"
#include "deploy/root.h"
#include "deploy/settings.h"
#include "lib/report.h"

/**
 * locate_area() - find the one block device that has an area
 * @id: of the area
 * @device: filled, without the folder of a test
 *
 * Return: 0; -ENODEV if there is none, -ENOTUNIQ if there are several, or
 * another negative errno; it is reported
 */
int locate_area(const __u8 id[AREA_ID_SIZE], char device[AREA_DEVICE_MAX])
{
	static const char op[] = "looking for the dump area";
	struct area_found found;
	char text[AREA_ID_TEXT];
	int ret;

	text_hex(id, AREA_ID_SIZE, text);
	ret = area_find_id(root(), id, &found);
	if (ret) {
		report_error(op, "/sys/class/block", -ret);
	} else if (!found.nr) {
		ret = -ENODEV;
		report_failure(op, text, "no block device holds it");
		report_hint("'dumpflt show DEVICE' prints the id of one: write that into [area] of %s.",
			    SETTINGS_FILE);
	} else if (found.nr > 1) {
		ret = -ENOTUNIQ;
		report_failure(op, text, "it is there twice, on %s and %s", found.device[0],
			       found.device[1]);
		report_hint("One is a copy, or a path to the same disk: detach it, or format the copy anew.");
	} else {
		copy_string(device, AREA_DEVICE_MAX, found.device[0]);
	}
	return ret;
}
