// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which modules drive a disk: what its devices in /sys say, from it up to the bus.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deploy/drivers.h"
#include "deploy/root.h"
#include "lib/report.h"

static void add(struct drivers *drivers, const char *name)
{
	size_t i;

	for (i = 0; i < drivers->nr; i++)
		if (!strcmp(drivers->name[i], name))
			return;
	if (drivers->nr < DRIVERS_MAX &&
	    copy_string(drivers->name[drivers->nr], DRIVER_NAME_MAX, name))
		drivers->nr++;
}

/* One that is built in has no module */
static void add_driver(struct drivers *drivers, const char *folder, const char *link)
{
	char path[PATH_MAX], *real;

	if (!format_string(path, sizeof(path), "%s/%s", folder, link))
		return;
	real = realpath(path, NULL);
	if (real)
		add(drivers, text_base(real));
	free(real);
}

static bool has_slaves(const char *folder)
{
	char path[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	if (!format_string(path, sizeof(path), "%s/slaves", folder))
		return false;
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir)))
		found = entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return found;
}

/* Returns: NULL, or why the capture kernel would not have it without more help */
static const char *why_not(const char *folder, const char *name)
{
	if (!strncmp(name, "dm-", 3) || !strncmp(name, "md", 2) || has_slaves(folder))
		return "it lies on other disks (LVM, RAID, dm), which this version cannot follow";
	if (strstr(folder, "/devices/virtual/nvme-subsystem/"))
		return "it is a path of NVMe multipath, which this version cannot follow";
	if (strstr(folder, "/devices/virtual/"))
		return "it is no hardware, and will not be there in the capture kernel";
	return NULL;
}

/* Of a device, and of those above it. @folder: cut as it goes */
static void add_above(struct drivers *drivers, char *folder, const char *stop)
{
	/* a disk without a driver of its own hangs on the one above it */
	while (strlen(folder) > strlen(stop)) {
		add_driver(drivers, folder, "device/driver/module");
		add_driver(drivers, folder, "driver/module");
		*strrchr(folder, '/') = '\0';
	}
}

/**
 * drivers_above() - which modules does something in /sys need?
 * @path: of it, or of a link to it
 * @drivers: more are added; none if it is no hardware
 */
void drivers_above(const char *path, struct drivers *drivers)
{
	char stop[ROOT_PATH_MAX], *folder = realpath(path, NULL), *real_stop = NULL;

	if (root_path(stop, "/sys/devices"))
		real_stop = realpath(stop, NULL);
	if (folder && real_stop && !strncmp(folder, real_stop, strlen(real_stop)))
		add_above(drivers, folder, real_stop);
	free(folder);
	free(real_stop);
}

/**
 * drivers_find() - which modules does a disk need?
 * @device: "/dev/..." as area_each_device() names it
 * @drivers: filled
 *
 * Return: 0 or a negative errno, which is reported
 */
int drivers_find(const char *device, struct drivers *drivers)
{
	char path[ROOT_PATH_MAX], stop[ROOT_PATH_MAX], *folder, *real_stop, *slash;
	char name[NAME_MAX + 1];
	const char *wrong;

	memset(drivers, 0, sizeof(*drivers));
	copy_string(name, sizeof(name), device + strlen("/dev/"));
	while ((slash = strchr(name, '/')))
		*slash = '!';
	if (!root_path(path, "/sys/class/block/%s", name) || !root_path(stop, "/sys/devices"))
		return -ENAMETOOLONG;
	folder = realpath(path, NULL);
	real_stop = realpath(stop, NULL);
	if (!folder || !real_stop) {
		report_error("looking for the drivers", device, errno);
		free(folder);
		free(real_stop);
		return -ENODEV;
	}
	wrong = why_not(folder, name);
	if (wrong) {
		report_failure("looking for the drivers", device, "%s", wrong);
		report_hint("Make the dump area on a disk or a partition of its own: dumpflt format.");
	}
	if (!wrong)
		add_above(drivers, folder, real_stop);
	free(folder);
	free(real_stop);
	return wrong ? -EOPNOTSUPP : 0;
}
