// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is loaded: written down by arm, so that others can tell what the machine is armed with.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "deploy/record.h"
#include "deploy/root.h"
#include "lib/folder.h"
#include "lib/json.h"
#include "lib/report.h"

/**
 * record_folder() - where all is that belongs to what is loaded
 *
 * It is made if it is not there. Nobody else can put anything into it, so that what is in it
 * may be written by name.
 *
 * Return: a descriptor or a negative errno, which is reported
 */
int record_folder(void)
{
	char path[ROOT_PATH_MAX];
	int fd = root_path(path, RECORD_FOLDER) ? folder_make_own(path, 0700) : -ENAMETOOLONG;

	if (fd < 0)
		report_error("making the folder", path, -fd);
	return fd;
}

bool record_is_there(void)
{
	return root_exists(RECORD_FILE);
}

/* Only root may look whether there is one */
bool record_is_hidden(void)
{
	char path[ROOT_PATH_MAX];

	return root_path(path, RECORD_FILE) && access(path, R_OK) && errno == EACCES;
}

/* Is what is loaded, if anything is, what the record says? */
bool record_is_ours(void)
{
	struct json_object *record = record_read();
	bool ours = record ? !json_text(record, "lost")[0] : record_is_there();

	json_object_put(record);
	return ours;
}

/* Is there a capture kernel, whosever it is? */
bool record_is_loaded(void)
{
	return root_says_yes("/sys/kernel/kexec_crash_loaded");
}

/* Returns: for json_object_put(), or NULL if there is none that can be read */
struct json_object *record_read(void)
{
	struct json_object *record;
	char path[ROOT_PATH_MAX];

	if (!record_is_there() || !root_path(path, RECORD_FILE))
		return NULL;
	record = json_object_from_file(path);
	json_rename_text(record, "version", "tool_version");
	return record;
}

/* Whole or not at all. Returns: 0 or a negative errno, which is reported */
int record_write(struct json_object *record)
{
	char path[ROOT_PATH_MAX], fresh[ROOT_PATH_MAX];
	int ret = 0;

	root_path(path, RECORD_FILE);
	root_path(fresh, RECORD_FILE ".new");
	if (json_object_to_file_ext(fresh, record, JSON_C_TO_STRING_PRETTY |
				    JSON_C_TO_STRING_NOSLASHESCAPE) < 0 || rename(fresh, path))
		ret = errno ? -errno : -EIO;
	if (ret)
		report_error("writing down what is loaded", path, -ret);
	return ret;
}

/* It was armed with what @record says, and is not any more: to be seen until it is again */
void record_lose(struct json_object *record, const char *why)
{
	json_add_text(record, "lost", why);
	record_write(record);
}

void record_remove(void)
{
	char path[ROOT_PATH_MAX];

	if (root_path(path, RECORD_FILE))
		unlink(path);
}
