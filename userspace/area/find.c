// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A dump area found by its id, on whatever device it is in this boot.
 *
 * Names of devices move: a disk more, and vda is vdb. The id is in the headers
 * of the area, so that all block devices are looked at.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "area/area.h"
#include "area/find.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 32 hexadecimal digits as 'dumpflt show' has them; dashes may be between them */
bool area_id_parse(const char *text, __u8 id[AREA_ID_SIZE])
{
	size_t nr = 0;

	for (; *text; text++) {
		if (*text == '-' && nr && nr < (size_t)2 * AREA_ID_SIZE)
			continue;
		if (digit(*text) < 0 || nr == (size_t)2 * AREA_ID_SIZE)
			return false;
		id[nr / 2] = (__u8)((nr % 2 ? id[nr / 2] << 4 : 0) | digit(*text));
		nr++;
	}
	return nr == (size_t)2 * AREA_ID_SIZE;
}

/**
 * area_is_on() - is this a device with that area?
 * @path: of a block device or an image
 * @id: of the area
 *
 * Takes as long as the device does. What cannot be read, and an area with both
 * headers damaged, is none.
 */
bool area_is_on(const char *path, const __u8 id[AREA_ID_SIZE])
{
	struct area_io io;
	struct area area;
	bool same;

	if (area_io_open(&io, path, false))
		return false;
	same = io.size && !area_load(&area, &io) &&
	       !memcmp(area.header->fixed.uuid, id, AREA_ID_SIZE);
	if (io.size)
		area_unload(&area);
	area_io_close(&io);
	return same;
}

/**
 * area_each_device() - visit all block devices
 * @root: "", or where a test has its sys and dev
 * @visit: gets each path, without @root
 * @ctx: for @visit
 *
 * Return: 0; a negative errno if there is no list
 */
int area_each_device(const char *root, void (*visit)(void *ctx, const char *device),
		     void *ctx)
{
	char path[512], *slash;
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/sys/class/block", root);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
		/* cciss!c0d0 is cciss/c0d0 */
		while ((slash = strchr(path, '!')))
			*slash = '/';
		visit(ctx, path);
	}
	closedir(dir);
	return 0;
}
