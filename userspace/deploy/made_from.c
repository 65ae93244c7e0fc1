// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the loaded image was made from: written down, and compared later.
 *
 * Of each file size and time, which are quick to compare, and a digest, which
 * decides: a file that was written again and is the same is no reason to arm. Of
 * the dump area what formatting it decides, its policy above all.
 *
 * Copyright (C) 2026 the dumpflt authors
 */
#include <dirent.h>
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "area/area.h"
#include "deploy/made_from.h"
#include "dumps/fingerprint.h"
#include "deploy/record.h"
#include "lib/json.h"

#define RECIPIENTS_FOLDER	"/etc/dumpflt/recipients.d"
#define DIGEST_TEXT		(2 * SHA256_SIZE + 1)

static bool digest_text(const void *data, size_t len, char text[DIGEST_TEXT])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int size = 0;

	text[0] = '\0';
	if (!EVP_Digest(data, len, digest, &size, EVP_sha256(), NULL) || size != SHA256_SIZE)
		return false;
	text_hex(digest, SHA256_SIZE, text);
	return true;
}

static bool digest_file(const char *path, char text[DIGEST_TEXT])
{
	size_t size = 0;
	char *data = root_load(path, &size);
	bool good = data && digest_text(data, size, text);

	free(data);
	return good;
}

static int is_public_key(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 && !strcmp(entry->d_name + len - 4, ".pub");
}

/* Names and digests of the public keys, in their order: of a folder without any, too */
static bool digest_folder(const char *folder, char text[DIGEST_TEXT])
{
	char path[ROOT_PATH_MAX + 256], of_file[DIGEST_TEXT], *list = NULL;
	struct dirent **entries = NULL;
	bool good = true;
	size_t len = 0;
	FILE *stream;
	int nr, i;

	stream = open_memstream(&list, &len);
	if (!stream)
		return false;
	nr = scandir(folder, &entries, is_public_key, alphasort);
	for (i = 0; i < nr; i++) {
		format_string(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		good = digest_file(path, of_file) && good;
		fprintf(stream, "%s %s\n", of_file, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	good = !fclose(stream) && good && digest_text(list, len, text);
	free(list);
	return good;
}

/*
 * What never changes once an area is formatted. @device: without the folder of a test;
 * @full: filled: it has no slot for a dump. Returns: 0, -ENOENT if there is none, or
 * another negative errno
 */
static int digest_area(const char *device, char text[DIGEST_TEXT], bool *full)
{
	char path[ROOT_PATH_MAX];
	struct area_io io;
	struct area area;
	int ret;

	*full = false;
	if (!root_path(path, "%s", device))
		return -ENAMETOOLONG;
	ret = area_io_open(&io, path, false);
	if (ret)
		return ret == -ENOENT ? -ENODEV : ret;
	ret = area_load(&area, &io);
	if (!ret)
		ret = fingerprint_of(area.header, text);
	if (!ret) {
		area_free_slots(&area);
		*full = dumpflt_slot_choose(area.header) < 0;
	}
	area_unload(&area);
	area_io_close(&io);
	return ret;
}

/* Size and time of a file; 0 of anything else, whose digest has to be looked at each time */
static void look(const char *path, __u64 *size, __u64 *changed)
{
	struct stat st;

	*size = 0;
	*changed = 0;
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return;
	*size = (__u64)st.st_size;
	*changed = (__u64)st.st_mtim.tv_sec * 1000000000ULL + (__u64)st.st_mtim.tv_nsec;
}

static bool digest_of(const char *path, char text[DIGEST_TEXT])
{
	struct stat st;

	if (!stat(path, &st) && S_ISREG(st.st_mode))
		return digest_file(path, text);
	return digest_folder(path, text);
}

/* @path: whole, with the folder of a test; @shown: how people know it */
static void add(struct json_object *files, const char *path, const char *shown)
{
	struct json_object *file = json_object_new_object();
	char text[DIGEST_TEXT];
	__u64 size, changed;

	look(path, &size, &changed);
	json_add_text(file, "path", shown);
	if (strcmp(path, shown) != 0)
		json_add_text(file, "at", path);
	json_add_number(file, "bytes", size);
	json_add_number(file, "changed_ns", changed);
	/* one that cannot be read now is another one as soon as it can */
	json_add_text(file, "sha256", digest_of(path, text) ? text : "");
	json_object_array_add(files, file);
}

static void add_below_root(struct json_object *files, const char *path)
{
	char full[ROOT_PATH_MAX];

	if (root_path(full, "%s", path))
		add(files, full, path);
}

/**
 * made_from_add() - write down what an image is made from
 * @record: gets it
 * @plan: of the image
 */
void made_from_add(struct json_object *record, const struct plan *plan)
{
	struct json_object *files = json_object_new_array();
	char text[DIGEST_TEXT], path[ROOT_PATH_MAX];
	bool full;
	size_t i;

	add(files, plan->path, plan->path);
	add_below_root(files, RECIPIENTS_FOLDER);
	add_below_root(files, plan->kernel);
	/* which file of that name is the one to be loaded */
	if (format_string(path, sizeof(path), "/lib/modules/%s/modules.dep", plan->release))
		add_below_root(files, path);
	for (i = 0; i < plan->modules.nr; i++)
		add_below_root(files, plan->modules.file[i].path);
	for (i = 0; i < plan->programs.nr; i++)
		add(files, plan->programs.file[i].from, plan->programs.file[i].from);
	json_object_object_add(record, "files", files);
	json_add_text(record, "area_sha256", digest_area(plan->device, text, &full) ? "" : text);
}

static bool file_is_same(struct json_object *file)
{
	const char *path = json_text(file, "at");
	__u64 size, changed;
	char text[DIGEST_TEXT];

	if (!path[0])
		path = json_text(file, "path");
	look(path, &size, &changed);
	if (changed && size == json_number(file, "bytes") &&
	    changed == json_number(file, "changed_ns"))
		return true;
	return digest_of(path, text) && !strcmp(text, json_text(file, "sha256"));
}

/* Did @path go into the image, and is it as it was then? */
bool made_from_has(struct json_object *record, const char *path)
{
	struct json_object *files, *file;
	size_t i;

	if (!json_object_object_get_ex(record, "files", &files))
		return false;
	for (i = 0; i < json_object_array_length(files); i++) {
		file = json_object_array_get_idx(files, i);
		if (!strcmp(json_text(file, "path"), path))
			return file_is_same(file);
	}
	return false;
}

/* Whether a file has changed: @what is filled with the first one that has */
static bool older_file(struct json_object *record, char what[MADE_FROM_MAX])
{
	struct json_object *files, *file;
	size_t i;

	if (!json_object_object_get_ex(record, "files", &files))
		return false;
	for (i = 0; i < json_object_array_length(files); i++) {
		file = json_object_array_get_idx(files, i);
		if (file_is_same(file))
			continue;
		format_string(what, MADE_FROM_MAX, "'%s'", json_text(file, "path"));
		return true;
	}
	return false;
}

static const char *no_area(int ret)
{
	if (ret == -ENOENT)
		return "no dump area is on it any more";
	if (ret == -EBADMSG)
		return "neither header of the dump area can be used";
	return ret == -ENODEV ? "there is no such device any more" : strerror(-ret);
}

/**
 * made_from_compare() - what has changed since the image was made?
 * @record: of what is loaded
 * @now: filled
 *
 * An area that cannot be read is no other one: arming again would not help.
 */
void made_from_compare(struct json_object *record, struct made_from_now *now)
{
	const char *device = json_text(record, "device");
	char text[DIGEST_TEXT];
	bool full;
	int ret;

	memset(now, 0, sizeof(*now));
	if (!device[0])
		return;
	older_file(record, now->older);
	ret = digest_area(device, text, &full);
	if (ret)
		format_string(now->area, sizeof(now->area), "'%s' cannot be read: %s", device,
			      no_area(ret));
	else if (full)
		format_string(now->area, sizeof(now->area), "'%s' is full: all slots hold dumps",
			      device);
	now->full = full;
	if (!ret && !now->older[0] && strcmp(text, json_text(record, "area_sha256")) != 0)
		format_string(now->older, sizeof(now->older), "dump area than is on '%s' now",
			      device);
}
