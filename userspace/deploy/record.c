// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is loaded: written down by arm, so that others can tell what the machine is armed with.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "deploy/record.h"
#include "deploy/root.h"
#include "lib/json.h"
#include "lib/report.h"

bool record_is_there(void)
{
	return root_exists(RECORD_FILE);
}

/* Is there a capture kernel, whosever it is? */
bool record_is_loaded(void)
{
	return root_says_yes("/sys/kernel/kexec_crash_loaded");
}

/* Returns: for json_object_put(), or NULL if there is none that can be read */
struct json_object *record_read(void)
{
	char path[ROOT_PATH_MAX];

	if (!record_is_there() || !root_path(path, RECORD_FILE))
		return NULL;
	return json_object_from_file(path);
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

void record_remove(void)
{
	char path[ROOT_PATH_MAX];

	if (root_path(path, RECORD_FILE))
		unlink(path);
}

static bool look(const char *path, __u64 *size, __u64 *changed)
{
	char full[ROOT_PATH_MAX];
	struct stat st;

	if (!root_path(full, "%s", path) || stat(full, &st))
		return false;
	*size = (__u64)st.st_size;
	*changed = (__u64)st.st_mtim.tv_sec * 1000000000ULL + (__u64)st.st_mtim.tv_nsec;
	return true;
}

/* A file that went into the image, and as what */
void record_add_file(struct json_object *record, const char *path)
{
	struct json_object *files, *file = json_object_new_object();
	__u64 size = 0, changed = 0;

	look(path, &size, &changed);
	json_add_text(file, "path", path);
	json_add_number(file, "bytes", size);
	json_add_number(file, "changed_ns", changed);
	if (!json_object_object_get_ex(record, "files", &files)) {
		files = json_object_new_array();
		json_object_object_add(record, "files", files);
	}
	json_object_array_add(files, file);
}

/* Returns: "" if there is none; it belongs to @record */
const char *record_text(struct json_object *record, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(record, key, &value) ?
	       json_object_get_string(value) : "";
}

static __u64 number(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) ?
	       json_object_get_uint64(value) : 0;
}

/**
 * record_is_stale() - has a file changed since it went into the image?
 * @record: of what is loaded
 * @path: filled with the first one that has
 * @size: of @path
 *
 * Return: true if so
 */
bool record_is_stale(struct json_object *record, char *path, size_t size)
{
	struct json_object *files, *file;
	__u64 bytes, changed;
	size_t i;

	if (!json_object_object_get_ex(record, "files", &files))
		return false;
	for (i = 0; i < json_object_array_length(files); i++) {
		file = json_object_array_get_idx(files, i);
		copy_string(path, size, record_text(file, "path"));
		if (!look(path, &bytes, &changed) || bytes != number(file, "bytes") ||
		    changed != number(file, "changed_ns"))
			return true;
	}
	return false;
}
