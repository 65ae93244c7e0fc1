// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * That a machine is armed, in a file that a crash leaves behind.
 *
 * Whoever disarms removes it, which is what the service does when the machine is shut
 * down. A boot that finds that of another one comes after a crash, a reset or a power cut.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "area/area.h"
#include "deploy/marker.h"
#include "deploy/put.h"
#include "deploy/record.h"
#include "lib/folder.h"
#include "lib/json.h"
#include "lib/report.h"

#define FOLDER	"/var/lib/dumpflt"
#define FILE_NAME	FOLDER "/armed.json"
/* Of a boot that nobody has asked for yet, when the next one is armed already */
#define KEPT		FOLDER "/armed-%s.json"

bool this_boot(char boot[HANDOVER_BOOT_MAX])
{
	return root_line("/proc/sys/kernel/random/boot_id", boot, HANDOVER_BOOT_MAX);
}

/* 0 if there is none, or if that cannot be found out */
static __u64 newest_dump(const char *device)
{
	char path[ROOT_PATH_MAX];
	struct area_io io;
	struct area area;
	__u64 newest = 0;

	root_path(path, "%s", device);
	if (area_io_open(&io, path, false))
		return 0;
	if (io.size && !area_load(&area, &io)) {
		newest = area_newest(&area);
		area_unload(&area);
	}
	area_io_close(&io);
	return newest;
}

static struct json_object *describe(const struct plan *plan)
{
	struct json_object *object = json_object_new_object();
	char id[AREA_ID_TEXT];

	text_hex(plan->id, AREA_ID_SIZE, id);
	json_add_text(object, "boot", plan->boot);
	json_add_text(object, "area", id);
	json_add_number(object, "since", (__u64)time(NULL));
	json_add_number(object, "number", newest_dump(plan->device));
	return object;
}

/* As 8b6ff1de-2f40-4d0c-8e61-5c2f1a3d9c11: it gets into names of files */
static bool is_boot_id(const char *text)
{
	return strlen(text) == HANDOVER_BOOT_MAX - 1 &&
	       strspn(text, "0123456789abcdef-") == HANDOVER_BOOT_MAX - 1;
}

/* Returns: whether there is one that is understood */
static bool read_file(struct marker *marker, const char *path)
{
	struct json_object *object;

	memset(marker, 0, sizeof(*marker));
	if (!copy_string(marker->path, sizeof(marker->path), path))
		return false;
	object = access(path, R_OK) ? NULL : json_object_from_file(path);
	if (!object)
		return false;
	copy_string(marker->boot, sizeof(marker->boot), json_text(object, "boot"));
	copy_string(marker->area, sizeof(marker->area), json_text(object, "area"));
	marker->since = json_number(object, "since");
	marker->number = json_number(object, "number");
	json_object_put(object);
	return is_boot_id(marker->boot);
}

static bool is_of_other(const struct marker *marker)
{
	char boot[HANDOVER_BOOT_MAX];

	return this_boot(boot) && strcmp(boot, marker->boot);
}

/* The last boot may have crashed, and could not be asked for: its marker stays */
static void keep_other(const char *path)
{
	char kept[ROOT_PATH_MAX];
	struct marker marker;

	if (read_file(&marker, path) && is_of_other(&marker) &&
	    root_path(kept, KEPT, marker.boot) && rename(path, kept))
		report_warning("'%s' is not kept: %s: a crash of the last boot goes unnoticed",
			       path, strerror(errno));
}

/**
 * marker_write() - the machine is armed
 * @plan: what with
 *
 * Without it the next boot does not notice a crash that leaves nothing, and the machine
 * is armed all the same: that it cannot be written is a warning.
 */
void marker_write(const struct plan *plan)
{
	struct json_object *object = describe(plan);
	char path[ROOT_PATH_MAX];
	int folder, ret;

	root_path(path, FOLDER);
	folder = folder_make_own(path, 0700);
	root_path(path, FILE_NAME);
	ret = folder;
	if (folder >= 0) {
		close(folder);
		keep_other(path);
		/* durable, as it is needed if nothing else is written any more */
		ret = put_json(path, object);
	}
	if (ret)
		report_warning("'%s' cannot be written: %s: a crash that leaves no dump will not be noticed",
			       path, strerror(-ret));
	json_object_put(object);
}

/**
 * marker_read_other() - look for the marker of another boot
 * @marker: filled
 *
 * Return: whether there is one
 */
bool marker_read_other(struct marker *marker)
{
	char path[ROOT_PATH_MAX];
	bool found = false;
	glob_t kept;
	size_t i;

	if (root_path(path, FILE_NAME) && read_file(marker, path) && is_of_other(marker))
		return true;
	if (!root_path(path, KEPT, "*") || glob(path, 0, NULL, &kept))
		return false;
	for (i = 0; i < kept.gl_pathc && !found; i++)
		found = read_file(marker, kept.gl_pathv[i]) && is_of_other(marker);
	globfree(&kept);
	return found;
}

bool marker_remove(const struct marker *marker)
{
	return !unlink(marker->path);
}

/* That of a boot that crashed stays, for who looks for it */
void marker_remove_own(void)
{
	char path[ROOT_PATH_MAX];
	struct marker marker;

	if (root_path(path, FILE_NAME) && read_file(&marker, path) && !is_of_other(&marker))
		marker_remove(&marker);
}
